import assert from "node:assert/strict";
import { test } from "node:test";
import { createSessionSlots } from "../../src/fleet/session-slots.ts";
import type { AcsTransport } from "../../src/ports/acs-transport.ts";
import { silentLogger } from "../helpers/silent-logger.ts";

const TARGET = { url: "http://127.0.0.1/", username: "", password: "" };

function slots(limit: number) {
  const opened: number[] = [];
  const transport: AcsTransport = {
    open() {
      opened.push(opened.length + 1);
      return { post: async () => ({ status: 204, body: null }), close: async () => {} };
    },
  };
  return { opened, ...{ of: createSessionSlots(transport, limit) } };
}

test("sessions beyond the limit wait for their turn, in their order", async () => {
  const { opened, of } = slots(2);
  const { signal } = new AbortController();
  const sessions = [1, 2, 3, 4].map(() => of.transport.open(TARGET, signal));
  const order: number[] = [];
  const posts = sessions.map((session, at) => session.post(null).then(() => order.push(at)));
  await Promise.all(posts.slice(0, 2));
  assert.deepEqual([of.open, of.waiting, opened.length], [2, 2, 2]);
  await sessions[1]?.close();
  await posts[2];
  assert.deepEqual([of.open, of.waiting, opened.length], [2, 1, 3]);
  await sessions[0]?.close();
  await posts[3];
  await Promise.all(sessions.map((session) => session.close()));
  await Promise.all(sessions.map((session) => session.close()));
  assert.deepEqual([of.open, of.waiting], [0, 0]);
  assert.deepEqual(order, [0, 1, 2, 3]);
});

test("a session that is broken off while it waits takes no turn", async () => {
  const { opened, of } = slots(1);
  const first = of.transport.open(TARGET, new AbortController().signal);
  await first.post(null);
  const aborting = new AbortController();
  const waiting = of.transport.open(TARGET, aborting.signal).post(null);
  const late = of.transport.open(TARGET, AbortSignal.abort()).post(null);
  aborting.abort();
  for (const post of [waiting, late]) await assert.rejects(post, { code: "SESSION_ABORTED" });
  assert.deepEqual([of.open, of.waiting], [1, 0]);
  await first.close();
  assert.deepEqual([of.open, opened.length], [0, 1]);
});

test("once they are closed no session begins, those that wait are refused, and those that are open may end", async () => {
  const { opened, of } = slots(1);
  const { signal } = new AbortController();
  const first = of.transport.open(TARGET, signal);
  await first.post(null);
  const waiting = of.transport.open(TARGET, signal).post(null);
  let isClosed = false;
  const closed = of.close().then(() => {
    isClosed = true;
  });
  const late = of.transport.open(TARGET, signal).post(null);
  for (const post of [waiting, late]) await assert.rejects(post, { code: "SESSION_ABORTED" });
  await first.post(null);
  assert.deepEqual([isClosed, of.open, of.waiting, opened.length], [false, 1, 0, 1]);
  await first.close();
  await closed;
  assert.deepEqual([of.open, opened.length], [0, 1]);
  await of.close();
});

test("a phone that is paused opens nothing and takes no turn, not even one that it waited for, until it is resumed", async () => {
  const { opened, of } = slots(1);
  const { signal } = new AbortController();
  const open = (phone: string) => of.transport.open({ ...TARGET, caller: { phone, log: silentLogger } }, signal);
  const [first, second, third] = [open("a"), open("b"), open("c")];
  await first.post(null);
  const order: string[] = [];
  const [late, other] = [second, third].map((session, at) => session.post(null).then(() => order.push(at ? "c" : "b")));
  of.pauses.pause(["a", "b"]);
  await first.post(null);
  await first.close();
  await other;
  assert.deepEqual([order, of.open, opened.length], [["c"], 1, 2], "what is under way goes on, others take the turn");
  await third.close();
  of.pauses.resume(["b"]);
  await late;
  assert.deepEqual([order, of.open, of.pauses.isPaused("a"), of.pauses.isPaused("b")], [["c", "b"], 1, true, false]);
  await second.close();

  const aborting = new AbortController();
  const target = { ...TARGET, caller: { phone: "a", log: silentLogger } };
  const broken = of.transport.open(target, aborting.signal).post(null);
  aborting.abort();
  await assert.rejects(broken, { code: "SESSION_ABORTED" });
  await assert.rejects(of.transport.open(target, aborting.signal).post(null), { code: "SESSION_ABORTED" });
  assert.deepEqual([of.open, of.waiting, opened.length], [0, 0, 3]);
});

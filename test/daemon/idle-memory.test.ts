import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdleMemory } from "../../src/daemon/idle-memory.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

const SENT = { kind: "sent", body: null, bytes: 0, authorized: false } as const;
const CLOSED = { kind: "closed", error: null } as const;

test("garbage is collected when the wire has been quiet for a second, and not before", async () => {
  const time = createFakeTime({ inMemory: true });
  let collections = 0;
  const { observe } = createIdleMemory({ scheduler: time.scheduler, collect: () => void collections++ });
  for (let messages = 0; messages < 5; messages++) {
    observe(1, 0, SENT);
    await time.advance(900);
  }
  observe(1, 0, CLOSED);
  await time.advance(999);
  assert.equal(collections, 0);
  await time.advance(1);
  assert.equal(collections, 2);
  await time.advance(3_600_000);
  assert.equal(collections, 2);
  observe(2, 0, SENT);
  await time.advance(1_000);
  assert.equal(collections, 4);
});

test("a daemon that has stopped collects nothing and leaves no timer", async () => {
  const time = createFakeTime({ inMemory: true });
  const memory = createIdleMemory({ scheduler: time.scheduler, collect: () => assert.fail("collected") });
  memory.observe(1, 0, CLOSED);
  await memory.close();
  assert.deepEqual(time.pendingTimers(), []);
});

test("where node cannot be asked no timer runs", () => {
  const time = createFakeTime({ inMemory: true });
  createIdleMemory({ scheduler: time.scheduler, collect: undefined }).observe(1, 0, CLOSED);
  assert.deepEqual(time.pendingTimers(), []);
});

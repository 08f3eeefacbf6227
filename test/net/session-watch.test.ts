import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryOf } from "../../src/ladder/summary.ts";
import { createAcsTransport } from "../../src/net/acs-transport.ts";
import type { AcsTarget, WireObserver } from "../../src/ports/acs-transport.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { freePort } from "../helpers/free-port.ts";
import { httpAnswer, startRawAcs } from "../helpers/raw-acs.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { agentError, SESSION_LIMITS } from "../helpers/transport.ts";
import { createPlayedSessions } from "../helpers/wire-events.ts";

function watchedTransport(target: Omit<AcsTarget, "username" | "password">) {
  const time = createFakeTime();
  const { sessions } = createPlayedSessions();
  const told: Parameters<WireObserver>[] = [];
  const transport = createAcsTransport({
    tls: { minVersion: "TLSv1.2" },
    ...SESSION_LIMITS,
    ...{ clock: time.clock, scheduler: time.scheduler, random: seededRandom(), log: silentLogger },
    userAgent: "akuvox-cpe/test",
    observe: (...event) => {
      told.push(event);
      sessions.observe(...event);
    },
  });
  const connection = transport.open({ username: "", password: "", ...target }, new AbortController().signal);
  const summary = () => {
    const session = sessions.get(1);
    assert.ok(session !== null);
    return summaryOf(session);
  };
  return { time, connection, summary, told };
}

test("a refused connection is told as one that never stood, with what the session was for and when it began", async () => {
  const url = `http://127.0.0.1:${await freePort()}/`;
  const { time, connection, summary, told } = watchedTransport({ url, events: ["0 BOOTSTRAP", "1 BOOT"] });
  const startedAt = time.clock.now();
  await assert.rejects(connection.post("<a/>"), agentError("ACS_UNREACHABLE", /nothing listens there/));
  await connection.close();
  assert.equal(told.length, 1);
  const [, , event, start] = told[0] ?? [];
  assert.ok(event?.kind === "closed" && event.opened === false && event.refused === true);
  assert.deepEqual(start, { at: startedAt, events: ["0 BOOTSTRAP", "1 BOOT"] });
  assert.deepEqual([summary().events, summary().outcome], [["0 BOOTSTRAP", "1 BOOT"], "failed"]);
});

test("a session that never came to a connection is told too, with its reason", async () => {
  const { connection, summary } = watchedTransport({ url: "http://acs.example/", events: ["2 PERIODIC"] });
  await connection.close("the simulated phone has no network");
  const { events, outcome, reason } = summary();
  assert.deepEqual([events, outcome, reason], [["2 PERIODIC"], "failed", "the simulated phone has no network"]);
});

test("the duration of a session is one number, from its start to its end, and a clock that is set does not show in it", async () => {
  const acs = await startRawAcs(() => httpAnswer(204));
  const { time, connection, summary, told } = watchedTransport({ url: acs.origin, events: ["1 BOOT"] });
  const startedAt = time.clock.now();
  await time.advance(1200);
  await connection.post("<a/>");
  await time.advance(345);
  time.setWallClock(startedAt + 86_400_000);
  await connection.close();
  await acs.close();
  assert.equal(connection.tookMs?.(), 1545);
  assert.deepEqual([summary().startedAt, summary().durationMs], [startedAt, 1545]);
  const [, at, event] = told.at(-1) ?? [];
  assert.deepEqual([event?.kind, at], ["closed", startedAt + 1545]);
  assert.equal(told.filter(([, , , start]) => start !== undefined).length, 1);
});

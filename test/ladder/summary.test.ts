import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryOf } from "../../src/ladder/summary.ts";
import type { WireEvent } from "../../src/ports/acs-transport.ts";
import {
  CLOSED,
  CONNECTED,
  createPlayedSessions,
  envelope,
  informOf,
  received,
  sent,
  wholeSession,
} from "../helpers/wire-events.ts";

const INFORM = sent(informOf("0 BOOTSTRAP", "1 BOOT"));

function summary(...events: readonly WireEvent[]) {
  const { sessions, play } = createPlayedSessions();
  play(1, events);
  const session = sessions.get(1);
  assert.ok(session !== null);
  return summaryOf(session);
}

test("a session that the ACS has ended is complete, with what it was for, how long it took and what it carried", () => {
  const events = wholeSession(received(200, envelope("GetRPCMethods")), sent(envelope("GetRPCMethodsResponse")));
  const bytes = events.reduce((sum, event) => sum + ("bytes" in event ? event.bytes : 0), 0);
  assert.deepEqual(summary(...events), {
    events: ["2 PERIODIC"],
    outcome: "complete",
    reason: "",
    startedAt: Date.UTC(2024, 4, 1, 12),
    durationMs: 70,
    messages: 6,
    bytes,
  });
});

test("a session runs while its connection is open, and again when it is opened anew", () => {
  assert.equal(summary(CONNECTED).outcome, "running");
  assert.deepEqual(summary(CONNECTED, INFORM).events, ["0 BOOTSTRAP", "1 BOOT"]);
  assert.equal(summary(CONNECTED, INFORM, received(401, null), CLOSED, CONNECTED).outcome, "running");
});

test("a failed session says why, as far as the wire shows it", () => {
  const fault = envelope("Nonsense").replace(
    /<cwmp:Nonsense>.*<\/cwmp:Nonsense>/,
    "<soap:Fault><faultcode>Server</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault>" +
      "<FaultCode>8005</FaultCode><FaultString>x</FaultString></cwmp:Fault></detail></soap:Fault>",
  );
  const cases: readonly (readonly [RegExp, readonly WireEvent[]])[] = [
    [/^connection refused$/, [{ kind: "closed", error: "connection refused" }]],
    [/^no message was exchanged$/, [CONNECTED, CLOSED]],
    [/did not answer/, [CONNECTED, INFORM, CLOSED]],
    [/credentials.*401/, [CONNECTED, INFORM, received(401, null), CLOSED]],
    [/HTTP status 503/, [CONNECTED, INFORM, received(503, "busy"), CLOSED]],
    [/fault 8005/, [CONNECTED, INFORM, received(200, fault), CLOSED]],
    [/ended it after this answer/, [CONNECTED, INFORM, received(200, envelope("SomethingElse")), CLOSED]],
  ];
  for (const [reason, events] of cases) {
    const { outcome, reason: said } = summary(...events);
    assert.equal(outcome, "failed", `${reason}`);
    assert.match(said, reason);
  }
});

test("a session without a message has events, a start and a duration all the same", () => {
  const { sessions } = createPlayedSessions();
  const at = Date.UTC(2024, 4, 1, 12);
  const refused = { kind: "closed", error: "nothing listens there", opened: false, refused: true } as const;
  sessions.observe(1, at + 30_000, refused, { at, events: ["0 BOOTSTRAP", "1 BOOT"] });
  const session = sessions.get(1);
  assert.ok(session !== null);
  const { events, startedAt, durationMs, outcome, reason } = summaryOf(session);
  assert.deepEqual(
    { events, startedAt, durationMs, outcome, reason },
    { events: ["0 BOOTSTRAP", "1 BOOT"], startedAt: at, durationMs: 30_000, outcome: "failed", reason: refused.error },
  );
});

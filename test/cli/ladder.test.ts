import assert from "node:assert/strict";
import { test } from "node:test";
import { drawLadder, drawSipLadder } from "../../src/cli/ladder.ts";
import type { TraceRecord } from "../../src/ports/trace.ts";

const AT = 1_700_000_000_000;
const INFORM = { kind: "message", from: "cpe", name: "Inform", bytes: 3214, detail: "0 BOOTSTRAP, 1 BOOT" } as const;

function session(
  ...records: readonly (Omit<TraceRecord, "session" | "at"> & { readonly ms: number })[]
): readonly TraceRecord[] {
  return records.map(({ ms, ...record }) => ({ session: 1, at: AT + ms, ...record }));
}

test("a whole session is drawn as the feature guide's picture shows it", () => {
  const records = session(
    { ms: 0, kind: "connected", address: "127.0.0.1:7557" },
    { ms: 3, kind: "secured", protocol: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" },
    { ms: 8, ...INFORM },
    { ms: 12, kind: "message", from: "acs", name: "", status: 401, bytes: 0 },
    { ms: 15, ...INFORM },
    { ms: 18, kind: "message", from: "acs", name: "InformResponse", status: 200, bytes: 512 },
    { ms: 19, kind: "message", from: "cpe", name: "", bytes: 0 },
    { ms: 22, kind: "message", from: "acs", name: "GetParameterNames", status: 200, bytes: 999, detail: "Device." },
    {
      ms: 40,
      kind: "message",
      from: "cpe",
      name: "GetParameterNamesResponse",
      bytes: 59_337,
      detail: "423 parameters",
    },
    { ms: 12_500, kind: "message", from: "acs", name: "", status: 204, bytes: 0 },
    { ms: 12_501, kind: "closed" },
  );
  assert.equal(
    `\n${drawLadder(records)}\n`,
    `
        CPE                                                                  ACS
    0 ms │─── open connection ────────────────────────────── 127.0.0.1:7557 ──▶│
    3 ms │◀── SSL initiation ────────────────────────────────────── TLSv1.3 ──▶│
         │     TLS_AES_256_GCM_SHA384                                          │
    8 ms │─── HTTP POST  Inform ──────────────────────────────────── 3.2 kB ──▶│
         │     0 BOOTSTRAP, 1 BOOT                                             │
   12 ms │◀── HTTP 401  (credentials required) ────────────────────────────────│
   15 ms │─── HTTP POST  Inform ──────────────────────────────────── 3.2 kB ──▶│
         │     0 BOOTSTRAP, 1 BOOT                                             │
   18 ms │◀── HTTP 200  InformResponse ────────────────────────────── 512 B ───│
   19 ms │─── HTTP POST  (empty) ─────────────────────────────────────────────▶│
   22 ms │◀── HTTP 200  GetParameterNames ─────────────────────────── 999 B ───│
         │     Device.                                                         │
   40 ms │─── HTTP POST  GetParameterNamesResponse ──────────────── 59.3 kB ──▶│
         │     423 parameters                                                  │
  12.5 s │◀── HTTP 204  (empty) ───────────────────────────────────────────────│
  12.5 s │─── close connection ───────────────────────────────────────────────▶│
`,
  );
});

test("faults, HTTP errors and broken connections are marked, with a line for each parameter's fault", () => {
  const detail = `9003 Invalid arguments, Device.A 9007, Device.${"Long".repeat(18)} 9005`;
  const records = session(
    { ms: 0, kind: "message", from: "cpe", name: "Fault", bytes: 900, detail },
    { ms: 1, kind: "message", from: "acs", name: "", status: 503, bytes: 0 },
    { ms: 2, kind: "message", from: "acs", name: "Invalid", status: 200, bytes: 7, detail: "not XML" },
    { ms: 3, kind: "closed", error: "the ACS closed the connection before it answered" },
  );
  assert.equal(
    `\n${drawLadder(records)}\n`,
    `
        CPE                                                                  ACS
    0 ms │─── ✗ HTTP POST  Fault ──────────────────────────────────── 900 B ──▶│
         │     9003 Invalid arguments                                          │
         │     Device.A 9007                                                   │
         │     Device.LongLongLongLongLongLongLongLongLongLongLongLongLongLong │
         │     LongLongLongLong 9005                                           │
    1 ms │◀── ✗ HTTP 503  (empty) ─────────────────────────────────────────────│
    2 ms │◀── ✗ HTTP 200  Invalid ───────────────────────────────────── 7 B ───│
         │     not XML                                                         │
    3 ms │─── ✗ close connection ─────────────────────────────────────────────▶│
         │     the ACS closed the connection before it answered                │
`,
  );
});

test("every line is as wide as it was asked to be, and a name that is too long goes on below", () => {
  const name = "GetParameterValuesResponse".repeat(3);
  for (const width of [60, 72, 80, 120]) {
    const records = session({ ms: 0, ...INFORM }, { ms: 1, kind: "message", from: "cpe", name, bytes: 5 });
    const lines = drawLadder(records, { width }).split("\n");
    assert.deepEqual(new Set(lines.map((line) => line.length)), new Set([width]));
    const words = lines.map((line) => line.replace(/kB| B |[^A-Za-z]/g, "")).join("");
    assert.ok(words.includes(name), `${width} columns`);
  }
});

test("each session has a ladder of its own, which begins at 0 ms", () => {
  const [first] = session({ ms: 0, ...INFORM });
  assert.ok(first !== undefined);
  const both = drawLadder([first, { ...first, session: 2, at: AT + 5000 }]);
  assert.equal(both, `${drawLadder([first])}\n\n${drawLadder([first])}`);
});

test("colours change nothing but colours", () => {
  const records = session(
    { ms: 0, ...INFORM },
    { ms: 1, kind: "message", from: "acs", name: "Fault", status: 200, detail: "9002 x" },
  );
  const colored = drawLadder(records, { color: true });
  assert.ok(colored.includes("\u001b[31m"));
  assert.equal(colored.replace(/\u001b\[\d+m/g, ""), drawLadder(records));
});

test("nothing is drawn of nothing", () => assert.equal(drawLadder([]), ""));

test("what both sides say makes no line of its own in a ladder, and nothing that a terminal obeys", () => {
  const forged = "x\n\u001b[2J\r\u202e\u009b31m";
  const plain = drawLadder(session({ ms: 0, ...INFORM, detail: "x", name: "x" }), { width: 140 });
  const drawn = drawLadder(session({ ms: 0, ...INFORM, detail: forged, name: forged }), { width: 140 });
  assert.equal(drawn.split("\n").length, plain.split("\n").length);
  assert.doesNotMatch(drawn, /[\r\u001b\u009b\u202e]/);
});

test("a connection that never stood is drawn as such: when it was given up, what for and why", () => {
  const start = { startedAt: AT - 30_000, events: ["0 BOOTSTRAP", "1 BOOT"] };
  const records = session({
    ...start,
    ...{
      ms: 0,
      kind: "closed",
      opened: false,
      refused: true,
      error: "the ACS acs.example:7547: nothing listens there",
    },
  });
  assert.equal(
    `\n${drawLadder(records)}\n`,
    `
        CPE                                                                  ACS
  30.0 s │─── ✗ connection refused ──────────────────────────────────────────╳ │
         │     0 BOOTSTRAP, 1 BOOT                                             │
         │     the ACS acs.example:7547: nothing listens there                 │
`,
  );
  assert.match(drawLadder(session({ ms: 0, kind: "closed", opened: false })), /✗ no connection/);
});

test("a long reason is wrapped, never cut", () => {
  const error = `the ACS acs.example:7547: ${"it has its reasons and tells them all ".repeat(8)}`.trim();
  const drawn = drawLadder(session({ ms: 0, kind: "closed", error }));
  assert.ok(drawn.split("\n").every((line) => line.length <= 80));
  assert.ok(drawn.replace(/[│\s]+/g, " ").includes(error));
});

test("SIP messages are a ladder of their own; a challenge and a call that was given up are no failures", () => {
  const message = (ms: number, from: "phone" | "peer", name: string, answers = "") =>
    ({ at: AT + ms, from, peer: "UDP 192.0.2.1:5060", name, answers, bytes: 1, text: "" }) as const;
  const drawn = drawSipLadder([
    message(0, "phone", "REGISTER sip:pbx"),
    message(20, "peer", "401 Unauthorized", "REGISTER"),
    message(40, "peer", "403 Forbidden", "REGISTER"),
    message(60, "phone", "487 Request Terminated", "INVITE"),
  ]);
  assert.equal(
    `\n${drawn}\n`,
    `
        Phone                                                                SIP
    0 ms │─── REGISTER ───────────────────────────────── UDP 192.0.2.1:5060 ──▶│
         │     sip:pbx                                                         │
   20 ms │◀── 401 Unauthorized ───────────────────────── UDP 192.0.2.1:5060 ───│
         │     to REGISTER                                                     │
   40 ms │◀── ✗ 403 Forbidden ────────────────────────── UDP 192.0.2.1:5060 ───│
         │     to REGISTER                                                     │
   60 ms │─── 487 Request Terminated ─────────────────── UDP 192.0.2.1:5060 ──▶│
         │     to INVITE                                                       │
`,
  );
});

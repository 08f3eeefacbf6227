import assert from "node:assert/strict";
import { test } from "node:test";
import { createSessionLog, SESSION_LOG_LIMITS, type SessionLogLimits } from "../../src/net/session-log.ts";
import type { WireEvent } from "../../src/ports/acs-transport.ts";
import type { TraceRecord } from "../../src/ports/trace.ts";
import { describeMessage } from "../../src/soap/describe.ts";
import { secretMask } from "../../src/soap/mask.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { CLOSED, CONNECTED, envelope, received, SECRET, sent, values } from "../helpers/wire-events.ts";

/** For bulk: reading every message properly would take most of a test's time. */
const QUICKLY = () => ({ name: "GetRPCMethods", detail: "" });

function createLog(limits: Partial<SessionLogLimits> = {}, describe = describeMessage) {
  const log = createMemoryLogger();
  const sessions = createSessionLog({
    mask: secretMask(new Set(["SIPPassword"])),
    describe,
    log,
    limits: { ...SESSION_LOG_LIMITS, ...limits },
  });
  const play = (session: number, events: readonly WireEvent[]) => {
    for (const [index, event] of events.entries()) sessions.observe(session, 1000 * session + index, event);
  };
  return { sessions, play, log };
}

test("a session is kept as records and masked envelopes, while it runs and after", () => {
  const { sessions, play, log } = createLog();
  const inform = envelope(
    "Inform",
    `<Event><EventStruct><EventCode>1 BOOT</EventCode></EventStruct></Event>${values(1)}`,
  );
  play(1, [CONNECTED, sent(inform), received(401, null)]);
  assert.equal(sessions.get(1)?.running, true);
  play(1, [sent(null), received(204, null), CLOSED]);
  const [session] = sessions.sessions();
  assert.deepEqual(session, sessions.get(1));
  assert.equal(session?.running, false);
  assert.equal(session?.gap, undefined);
  assert.deepEqual(
    session?.records.map(({ kind, from, name, status, detail }) => [kind, from, name, status, detail]),
    [
      ["connected", undefined, undefined, undefined, undefined],
      ["message", "cpe", "Inform", undefined, "1 BOOT"],
      ["message", "acs", "", 401, undefined],
      ["message", "cpe", "", undefined, undefined],
      ["message", "acs", "", 204, undefined],
      ["closed", undefined, undefined, undefined, undefined],
    ],
  );
  assert.equal(sessions.envelope(1, 1), inform.replace(SECRET, "********"));
  assert.deepEqual(
    [0, 2, 6, -1, 1.5].map((place) => sessions.envelope(1, place)),
    [null, null, null, null, null],
  );
  assert.deepEqual([sessions.get(2), sessions.envelope(2, 1)], [null, null]);
  assert.deepEqual(log.lines, []);
});

test("the oldest sessions go, and what still comes of them is not taken for a new one", () => {
  const { sessions, play } = createLog({}, QUICKLY);
  for (let session = 1; session <= 1000; session++) play(session, [CONNECTED, sent(envelope("Inform")), CLOSED]);
  assert.deepEqual(
    sessions.sessions().map(({ session }) => session),
    Array.from({ length: 50 }, (_, index) => 951 + index),
  );
  play(3, [CLOSED]);
  assert.equal(sessions.get(3), null);
  assert.equal(sessions.sessions().length, 50);
});

test("of 10,000 messages the first and the last are kept, each under its place in the session", () => {
  const { sessions, play } = createLog({}, QUICKLY);
  play(
    1,
    Array.from({ length: 10_000 }, (_, index) => sent(envelope("GetRPCMethods", `<N>${index}</N>`))),
  );
  const session = sessions.get(1);
  assert.equal(session?.records.length, 500);
  assert.deepEqual(session?.gap, { at: 400, count: 9500 });
  assert.match(sessions.envelope(1, 399) ?? "", /<N>399<\/N>/);
  assert.equal(sessions.envelope(1, 400), null);
  assert.equal(sessions.envelope(1, 9899), null);
  assert.match(sessions.envelope(1, 9900) ?? "", /<N>9900<\/N>/);
  assert.match(sessions.envelope(1, 9999) ?? "", /<N>9999<\/N>/);
  assert.equal(sessions.envelope(1, 10_000), null);
});

test("a long envelope is cut at a whole character, says so, and holds no secret", () => {
  const { sessions, play } = createLog({ envelopeBytes: 1000 });
  const whole = envelope("GetParameterValuesResponse", values(100));
  for (let shift = 0; shift < 4; shift++) play(shift + 1, [sent(" ".repeat(shift) + whole)]);
  for (let shift = 0; shift < 4; shift++) {
    const kept = sessions.envelope(shift + 1, 0) ?? "";
    const [text = "", cut = ""] = kept.split("\n");
    const bytes = Buffer.byteLength(text);
    const masked = Buffer.byteLength(whole) + shift + "********".length - SECRET.length;
    assert.ok(bytes <= 1000 && bytes > 990, `${bytes}`);
    assert.equal(cut, `[… ${masked - bytes} more bytes are not kept]`);
    assert.ok(!kept.includes("\uFFFD") && !kept.includes(SECRET));
    assert.equal(sessions.get(shift + 1)?.records[0]?.detail, "100 parameters");
  }
});

test("a message of 10 MB costs no more than its beginning, and is named by it", () => {
  const { sessions, play } = createLog();
  const read: number[] = [];
  const watched = createSessionLog({
    mask: (text) => {
      read.push(text.length);
      return secretMask(new Set(["SIPPassword"]))(text);
    },
    describe: () => assert.fail("it is not read to its end"),
    log: createMemoryLogger(),
  });
  const huge = envelope("SetParameterValues", values(100_000));
  watched.observe(1, 0, received(200, huge));
  assert.deepEqual(read, [SESSION_LOG_LIMITS.envelopeBytes]);
  const [record] = watched.get(1)?.records ?? [];
  assert.deepEqual(
    [record?.name, record?.detail, record?.bytes],
    ["SetParameterValues", "too long to be read", Buffer.byteLength(huge)],
  );
  const kept = watched.envelope(1, 0) ?? "";
  assert.ok(!kept.includes(SECRET) && kept.includes("********"));
  assert.match(kept.slice(-60), /\n\[… \d{7} more bytes are not kept\]$/);
  play(1, [received(200, "x".repeat(2_000_000))]);
  assert.equal(sessions.get(1)?.records[0]?.name, "Invalid");
});

test("a message with the whole tree is told by its beginning: its name and how many parameters it says it lists", () => {
  const { sessions, play } = createLog({}, () => assert.fail("it is not read once more"));
  const list = values(500).replace(
    "<ParameterList>",
    '<ParameterList soap:arrayType="cwmp:ParameterValueStruct[500]">',
  );
  play(1, [sent(envelope("GetParameterValuesResponse", list))]);
  const [record] = sessions.get(1)?.records ?? [];
  assert.deepEqual([record?.name, record?.detail], ["GetParameterValuesResponse", "500 parameters"]);
  assert.ok(!sessions.envelope(1, 0)?.includes(SECRET));
});

test("a message that its writer describes is neither read nor masked before somebody looks at it", () => {
  const masked: string[] = [];
  const sessions = createSessionLog({
    mask: (text) => {
      masked.push(text);
      return text.replace(SECRET, "********");
    },
    describe: () => assert.fail("nobody needs to read it"),
    log: createMemoryLogger(),
  });
  const body = envelope("SetParameterValues", values(1));
  sessions.observe(
    1,
    0,
    received(200, body, () => ({ name: "SetParameterValues", detail: "one" })),
  );
  const [record] = sessions.get(1)?.records ?? [];
  assert.deepEqual([record?.name, record?.detail, masked], ["SetParameterValues", "one", []]);
  assert.ok(sessions.envelope(1, 0)?.includes("********"));
  assert.deepEqual(masked, [body]);
});

test("a message that its reader cannot describe is described from its text", () => {
  const { sessions, play } = createLog();
  play(1, [received(200, "<html>", () => null)]);
  assert.equal(sessions.get(1)?.records[0]?.name, "Invalid");
});

test("a cut in the midst of anything shows no secret", () => {
  const body = envelope("SetParameterValues", values(2)).padEnd(1_100_000, " ");
  const start = body.indexOf(SECRET);
  for (let envelopeBytes = start - 90; envelopeBytes < start + 60; envelopeBytes++) {
    const { sessions, play } = createLog({ envelopeBytes }, QUICKLY);
    play(1, [sent(body)]);
    assert.ok(!(sessions.envelope(1, 0) ?? "").includes(SECRET.slice(0, 1)), `cut at ${envelopeBytes}`);
  }
});

test("a cut in the midst of a URL shows no password of it", () => {
  const body = envelope("Download", `<URL>http://u:${SECRET}@files.example/a</URL>`);
  const start = body.indexOf(SECRET);
  for (let envelopeBytes = start - 5; envelopeBytes < start + 30; envelopeBytes++) {
    const { sessions, play } = createLog({ envelopeBytes });
    play(1, [received(200, body, () => ({ name: "Download", detail: "" }))]);
    assert.ok(!(sessions.envelope(1, 0) ?? "").includes(SECRET.slice(0, 1)), `cut at ${envelopeBytes}`);
  }
});

test("all together stays within its bytes: old envelopes go first, then old sessions", () => {
  const { sessions, play } = createLog({}, QUICKLY);
  const big = envelope("GetParameterValuesResponse", values(2000));
  for (let session = 1; session <= 30; session++) play(session, [CONNECTED, sent(big), CLOSED]);
  assert.equal(sessions.sessions().length, 30, "their records are still there");
  const kept = sessions.sessions().filter(({ session }) => sessions.envelope(session, 1) !== null);
  assert.ok(kept.length === 10 || kept.length === 11, `${kept.length}`);
  assert.equal(kept.at(-1)?.session, 30, "the newest are kept");
  assert.equal(kept[0]?.session, 31 - kept.length);

  const fault: WireEvent = { kind: "closed", error: "x".repeat(900) };
  for (let session = 31; session <= 80; session++)
    play(
      session,
      Array.from({ length: 500 }, () => fault),
    );
  const records = sessions.sessions().flatMap((session) => session.records);
  assert.ok(records.length * 2000 <= SESSION_LOG_LIMITS.bytes, `${records.length} records`);
  assert.equal(sessions.sessions().at(-1)?.records.length, 500);
  play(81, [sent(big)]);
  assert.ok(sessions.envelope(81, 0) !== null, "old records make room for a new envelope");
});

test("after a great deal of traffic the memory taken is that of the limits", () => {
  const { sessions, play } = createLog({ bytes: 100_000, envelopeBytes: 5000 }, QUICKLY);
  const body = envelope("GetParameterValuesResponse", values(40));
  for (let session = 1; session <= 300; session++) play(session, [CONNECTED, sent(body), sent(body), CLOSED]);
  const texts = sessions
    .sessions()
    .flatMap(({ session, records }) => records.map((_record, place) => sessions.envelope(session, place) ?? ""));
  assert.ok(texts.join("").length < 100_000);
  assert.ok(texts.filter((text) => text !== "").length >= 10, "and it is used");
});

test("a detail from the other side is bounded", () => {
  const { sessions, play } = createLog();
  play(1, [received(200, envelope("GetParameterNames", `<ParameterPath>${"Device.".repeat(3_000)}</ParameterPath>`))]);
  const detail = sessions.get(1)?.records[0]?.detail ?? "";
  assert.equal(detail.length, 1000);
  assert.ok(detail.endsWith("…"));
});

test("a message that cannot be masked is not kept, its record is, and one log line says so without its text", () => {
  const log = createMemoryLogger();
  const mask = () => {
    throw new Error("no XML");
  };
  const sessions = createSessionLog({ mask, describe: describeMessage, log });
  sessions.observe(1, 0, sent(SECRET));
  sessions.observe(1, 1, sent(SECRET));
  assert.equal(sessions.get(1)?.records.length, 2);
  assert.equal(sessions.envelope(1, 0), null);
  assert.equal(log.at("error").length, 1);
  assert.ok(!log.text().includes(SECRET));
});

test("listeners hear each record until they end that; one that throws disturbs nobody", () => {
  const { sessions, play, log } = createLog();
  const heard: TraceRecord[] = [];
  sessions.onRecord(() => {
    throw new Error("broken");
  });
  const end = sessions.onRecord((record) => heard.push(record));
  play(1, [CONNECTED, sent(null)]);
  end();
  play(1, [CLOSED]);
  assert.deepEqual(heard, sessions.get(1)?.records.slice(0, 2));
  assert.equal(log.at("error").length, 1);
});

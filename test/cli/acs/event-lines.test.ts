import assert from "node:assert/strict";
import { test } from "node:test";
import type { AcsEvent } from "../../../src/acs/events.ts";
import { eventLines } from "../../../src/cli/acs/event-lines.ts";
import { outcomeLines, outcomeSummary } from "../../../src/cli/acs/outcome-lines.ts";
import { createPaint } from "../../../src/cli/paint.ts";

const FACTS = { at: Date.UTC(2026, 0, 1, 9, 8, 7, 6), session: 3, device: "0C1105-SP-R53P-1" } as const;
const FAULT = {
  kind: "fault",
  faultCode: 9003,
  faultString: "Invalid arguments",
  parameterFaults: [{ parameterName: "Device.A", faultCode: 9007, faultString: "too big" }],
} as const;

test("each event reads as a line with its time", () => {
  const events: readonly AcsEvent[] = [
    {
      ...FACTS,
      kind: "session-started",
      events: [
        { eventCode: "1 BOOT", commandKey: "" },
        { eventCode: "M Reboot", commandKey: "r1" },
      ],
      retryCount: 2,
      isNew: true,
      parameters: [],
    },
    { ...FACTS, kind: "rpc-sent", name: "Reboot" },
    {
      ...FACTS,
      kind: "rpc-answered",
      name: "Reboot",
      outcome: { kind: "response", name: "Reboot", response: {} },
      tookMs: 4.4,
    },
    { ...FACTS, kind: "rpc-answered", name: "SetParameterValues", outcome: FAULT, tookMs: 5 },
    { ...FACTS, kind: "cpe-request", name: "Kicked", faultCode: 8000 },
    { ...FACTS, kind: "script-deviation", entry: "e", message: "Reboot was not answered" },
    { ...FACTS, kind: "session-ended", calls: 1, tookMs: 30, error: null },
    { ...FACTS, kind: "session-ended", calls: 1, tookMs: 30, error: "silence" },
    { kind: "refused", at: FACTS.at, address: "192.0.2.1:5", status: 401, reason: "wrong user name or password" },
    { kind: "connection-request", at: FACTS.at, device: FACTS.device, status: 200, tookMs: 7 },
  ];
  assert.deepEqual(
    events.flatMap((event) => eventLines(event, createPaint(false))),
    [
      "09:08:07.006  session 3  0C1105-SP-R53P-1 (new)  1 BOOT, M Reboot (r1), retry 2",
      "09:08:07.006    → Reboot",
      "09:08:07.006    ← RebootResponse  done (4 ms)",
      "09:08:07.006    ✗ fault 9003 Invalid arguments (5 ms)",
      "                Device.A: 9007 too big",
      "09:08:07.006    ← Kicked of the CPE, refused with 8000",
      '09:08:07.006    ✗ script "e": Reboot was not answered',
      "09:08:07.006  session 3  ended, 1 RPC (30 ms)",
      "09:08:07.006  session 3 failed: silence",
      "09:08:07.006  refused 192.0.2.1:5 with HTTP 401: wrong user name or password",
      "09:08:07.006  connection request to 0C1105-SP-R53P-1: HTTP 200 (7 ms)",
    ],
  );
});

test("an outcome is told in a few words, and in full", () => {
  const values = [{ name: "Device.A", value: "x", type: "string" }];
  const got = { kind: "response", name: "GetParameterValues", response: { parameterList: values } } as const;
  assert.equal(outcomeSummary(got), "1 parameter");
  assert.deepEqual(outcomeLines(got), ["Device.A = x"]);
  const added = { kind: "response", name: "AddObject", response: { instanceNumber: 4, status: 1 } } as const;
  assert.deepEqual(outcomeLines(added), ["instance 4, Status 1"]);
  assert.equal(outcomeSummary(FAULT), "fault 9003 Invalid arguments");
  assert.deepEqual(outcomeLines(FAULT), ["fault 9003 Invalid arguments", "  Device.A: 9007 too big"]);
  assert.deepEqual(outcomeLines({ kind: "lost", reason: "silence" }), ["not answered: silence"]);
});

const FORGED = "x\n09:00:00.000  session 9\u001b[2J\r\u202e\u009b31m";
const OBEYED = /[\n\r\u001b\u009b\u202e]/;

test("what a phone says makes no line of its own, and nothing that a terminal obeys", () => {
  const fault = {
    ...FAULT,
    faultString: FORGED,
    parameterFaults: [{ ...FAULT.parameterFaults[0], parameterName: FORGED }],
  };
  const events: readonly AcsEvent[] = [
    {
      ...{ ...FACTS, device: FORGED, kind: "session-started", retryCount: 0, isNew: true, parameters: [] },
      events: [{ eventCode: "M Reboot", commandKey: FORGED }],
    },
    { ...FACTS, kind: "rpc-answered", name: "SetParameterValues", outcome: fault, tookMs: 5 },
    { ...FACTS, kind: "session-ended", calls: 1, tookMs: 30, error: FORGED },
    { at: FACTS.at, kind: "refused", address: FORGED, status: 401, reason: FORGED },
  ];
  const lines = [...events.flatMap((event) => eventLines(event, createPaint(false))), ...outcomeLines(fault)];
  assert.equal(lines.length, 7);
  for (const line of lines) assert.doesNotMatch(line, OBEYED);
});

test("a transfer's report says how it went, and what is to be fetched is named without its secrets", () => {
  const failed = { commandKey: "c1", faultCode: 9010, faultString: "Download failure: 404" };
  const done = { commandKey: "c2", faultCode: 0, faultString: "" };
  const request = { ...FACTS, kind: "cpe-request", name: "TransferComplete", faultCode: null } as const;
  const lines = [
    { ...request, transfer: failed },
    { ...request, transfer: done },
    { ...FACTS, kind: "rpc-sent", name: "Download", target: "3 Vendor Configuration File, http://a/b" } as const,
  ].flatMap((event) => eventLines(event, createPaint(false)).map((line) => line.slice(14)));
  assert.deepEqual(lines, [
    "  ✗ TransferComplete (c1) of the CPE: fault 9010 Download failure: 404",
    "  ← TransferComplete (c2) of the CPE: the transfer is complete",
    "  → Download  3 Vendor Configuration File, http://a/b",
  ]);
});

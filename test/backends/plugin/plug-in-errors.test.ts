import assert from "node:assert/strict";
import { test } from "node:test";
import { failed, fault, plainError, refusal, refuse } from "../../../src/backends/plugin/plug-in-errors.ts";
import { createRepeatFilter } from "../../../src/backends/plugin/repeats.ts";
import { createSecrets } from "../../../src/backends/plugin/secrets.ts";
import { AgentError, CwmpFault } from "../../../src/cwmp/errors.ts";
import { LABEL, PASSWORD } from "./modules.ts";

test("errors are known by what they carry, whatever class they are of", () => {
  class Own extends Error {
    readonly code = "BACKEND_REFUSED";
  }
  assert.deepEqual(plainError(new Own("no room")), { kind: "refused", reason: "no room" });
  assert.deepEqual(plainError(refuse("no room")), { kind: "refused", reason: "no room" });
  assert.deepEqual(plainError(failed("no bus")), { kind: "failed", reason: "no bus" });
  assert.deepEqual(plainError(fault(9018, "too short")), { kind: "fault", faultCode: 9018, reason: "too short" });
  assert.deepEqual(plainError({ faultCode: 9019, message: "x" }).faultCode, 9019);
  assert.deepEqual(plainError({ faultCode: 1234 }).kind, "failed");
  assert.throws(() => fault(1234, "x"), /1234 is not a fault code of a CPE/);
});

test("a refusal is a fault of the parameter whose key it begins with, or of all of the change", () => {
  const other = "Config.Account1.GENERAL.Lab";
  const of = (error: AgentError | CwmpFault) => {
    const { code, faultCode, keys, told, message } = refusal(error, [other, LABEL]);
    return { code, faultCode, keys, told, message };
  };
  const refused = { code: "BACKEND_REFUSED", faultCode: 9007, keys: [LABEL], told: "too long" };
  const message = `${LABEL}: too long`;
  assert.deepEqual(of(new AgentError("BACKEND_REFUSED", message)), { ...refused, message });
  assert.deepEqual(of(new CwmpFault(9008, message)), { ...refused, faultCode: 9008, message });
  const all = { ...refused, keys: [], told: "no room", message: "no room" };
  assert.deepEqual(of(new AgentError("BACKEND_REFUSED", "no room")), all);
  assert.deepEqual(of(new CwmpFault(9004, "no room")), { ...all, faultCode: 9004 });
});

test("anything thrown has a reason of one line", () => {
  for (const [thrown, reason] of [
    ["text", "text"],
    [undefined, "undefined"],
    [new Error(""), "no reason was given"],
    [new Error("two\nlines\u0000"), "two lines"],
  ] as const)
    assert.deepEqual(plainError(thrown), { kind: "failed", reason });
  assert.equal(plainError(new Error("x".repeat(10_000))).reason.length, 501);
});

test("secrets that have gone through are masked, also old ones; other values are not", () => {
  const secrets = createSecrets(new Set([PASSWORD]));
  secrets.learn([
    [PASSWORD, "hunter2"],
    [LABEL, "hall"],
    [PASSWORD, undefined],
    [PASSWORD, "ab"],
  ]);
  secrets.learn([[PASSWORD, "tr0ub4dor"]]);
  assert.equal(secrets.mask("hall: hunter2, tr0ub4dor, hunter2, about"), "hall: ********, ********, ********, about");
});

test("the same trouble is told once a minute, other trouble at once", () => {
  let now = 0;
  const isNew = createRepeatFilter({ monotonic: () => now });
  const told = ["a", "a", "b", "a"].map(isNew);
  now = 60_000;
  assert.deepEqual([...told, isNew("a"), isNew("a")], [true, false, true, false, true, false]);
});

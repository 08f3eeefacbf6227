import assert from "node:assert/strict";
import test from "node:test";
import type { CwmpVersion } from "../../src/cwmp/versions.ts";
import { isAcsMethod, isCpeMethod, methodsOf } from "../../src/soap/rpc-table.ts";

const OF_THE_CPE =
  "GetRPCMethods SetParameterValues GetParameterValues GetParameterNames SetParameterAttributes GetParameterAttributes " +
  "AddObject DeleteObject Reboot FactoryReset Download Upload ScheduleDownload CancelTransfer GetQueuedTransfers " +
  "GetAllQueuedTransfers ScheduleInform";
const OF_THE_ACS = "Inform GetRPCMethods TransferComplete AutonomousTransferComplete RequestDownload";
/** RPCs that came after 1.0 (TR-069 A.6, the schemas). */
const LATER: ReadonlyMap<string, CwmpVersion> = new Map([
  ["GetAllQueuedTransfers", "1.1"],
  ["AutonomousTransferComplete", "1.1"],
  ["ScheduleDownload", "1.2"],
  ["CancelTransfer", "1.2"],
]);

for (const [version, known] of [
  ["1.0", ["1.0"]],
  ["1.1", ["1.0", "1.1"]],
  ["1.2", ["1.0", "1.1", "1.2"]],
  ["1.4", ["1.0", "1.1", "1.2"]],
] as const) {
  test(`C-050 C-122 each side has the methods of CWMP ${version}, and none that came later`, () => {
    const isKnown = (name: string): boolean => (known as readonly string[]).includes(LATER.get(name) ?? "1.0");
    assert.deepEqual(methodsOf("CPE", version), OF_THE_CPE.split(" ").filter(isKnown));
    assert.deepEqual(methodsOf("ACS", version), OF_THE_ACS.split(" ").filter(isKnown));
  });
}

test("C-122 a method of one side is none of the other", () => {
  assert.equal(isCpeMethod("Inform", "1.4"), false);
  assert.equal(isAcsMethod("Reboot", "1.4"), false);
  assert.equal(isCpeMethod("GetRPCMethods", "1.0") && isAcsMethod("GetRPCMethods", "1.0"), true);
  for (const name of ["toString", "__proto__", "reboot", ""]) assert.equal(isCpeMethod(name, "1.4"), false);
});

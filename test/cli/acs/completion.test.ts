import assert from "node:assert/strict";
import { test } from "node:test";
import { readWrittenCall } from "../../../src/acs/call-syntax.ts";
import { createLocalConsole } from "../../../src/cli/acs/acs-console.ts";
import { completeLine } from "../../../src/cli/acs/completion.ts";
import { createModelPaths } from "../../../src/cli/acs/terminal.ts";
import { startAcs } from "../../helpers/acs-under-test.ts";
import { answerTo, informEnvelope } from "../../helpers/scripted-cpe.ts";

const SERIAL = "0C1105000001";
const acs = {
  devices: async () => [SERIAL, "0C1105000002"].map((serialNumber) => ({ ...SUMMARY, serialNumber })),
  paths: async (device: string | null) =>
    device === "2" ? ["Device.Two"] : ["Device.LAN.IPAddress", "Device.LAN.DNS.1.A"],
};
const SUMMARY = { id: "x", connectionRequestUrl: null, lastInformAt: 0 };
const complete = (line: string) => completeLine(line, acs, async () => ["Device.", "Device.Local"]);

test("Tab completes commands, behind a phone and behind help too", async () => {
  assert.deepEqual(await complete("d"), [["devices", "delete", "download"], "d"]);
  assert.deepEqual(await complete("@1 do"), [["download"], "do"]);
  assert.deepEqual(await complete("help fac"), [["factory-reset"], "fac"]);
});

test("Tab completes serial numbers", async () => {
  assert.deepEqual(await complete("@0C1105000002"), [["@0C1105000002"], "@0C1105000002"]);
  assert.deepEqual(await complete("@0"), [["@0C1105000001", "@0C1105000002"], "@0"]);
});

test("Tab completes paths level by level, those of the phone that is meant and those of the data model", async () => {
  assert.deepEqual(await complete("get "), [["Device."], ""]);
  assert.deepEqual(await complete("get Device.L"), [["Device.LAN.", "Device.Local"], "Device.L"]);
  assert.deepEqual(await complete("set Device.A=1 Device.LAN.D"), [["Device.LAN.DNS."], "Device.LAN.D"]);
  assert.deepEqual(await complete("@2 names Device.T"), [["Device.Two"], "Device.T"]);
  assert.deepEqual(await complete('set "Device.LAN.I'), [["Device.LAN.IPAddress"], "Device.LAN.I"]);
});

test("Tab offers nothing for values and file names", async () => {
  for (const line of ["set Device.LAN.IPAddress=D", "download config D", "nothing D"])
    assert.deepEqual(await complete(line), [[], line]);
});

test("paths are those that the phone has reported and listed, and this program's own", async (t) => {
  const { acs, cpe } = await startAcs(t);
  const phone = cpe();
  void acs.enqueue("any", readWrittenCall({ GetParameterNames: "Device." }));
  await phone.post(informEnvelope({ parameters: [{ name: "Device.X_A.B", value: "1", type: "xsd:string" }] }));
  const asked = await phone.post(null);
  const parameterList = [{ name: "Device.X_C.D", writable: true }];
  await phone.post(answerTo(asked, "GetParameterNames", { parameterList }));
  const local = createLocalConsole(acs);
  const none = async () => [];
  assert.deepEqual(await completeLine(`@${SERIAL} get Device.X`, local, none), [
    ["Device.X_A.", "Device.X_C."],
    "Device.X",
  ]);
  assert.deepEqual(await completeLine("@other get Device.X", local, none), [[], "Device.X"]);
  const [own] = await completeLine("get Device.Mana", local, createModelPaths());
  assert.deepEqual(own, ["Device.ManagementServer."]);
});

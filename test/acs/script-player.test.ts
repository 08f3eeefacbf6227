import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesPattern } from "../../src/acs/script.ts";
import { parseScript } from "../../src/acs/script-file.ts";
import type { ParameterValue } from "../../src/soap/messages.ts";
import { startAcs } from "../helpers/acs-under-test.ts";
import { answerTo, informEnvelope, type ScriptedCpe } from "../helpers/scripted-cpe.ts";

const LAN: readonly ParameterValue[] = [{ name: "Device.LAN.IPAddress", value: "192.0.2.1", type: "string" }];

/** Lets the ACS ask until it has nothing more to ask; answers the names of what was asked. */
async function play(phone: ScriptedCpe, events: readonly string[]): Promise<readonly string[]> {
  await phone.post(informEnvelope({ events }));
  const asked: string[] = [];
  let reply = await phone.post(null);
  while (reply.status === 200) {
    const { body } = reply.envelope();
    assert.ok(body.kind === "request");
    asked.push(body.name);
    if (body.name === "GetParameterValues")
      reply = await phone.post(answerTo(reply, "GetParameterValues", { parameterList: LAN }));
    else if (body.name === "SetParameterValues")
      reply = await phone.post(answerTo(reply, "SetParameterValues", { status: 0 }));
    else reply = await phone.post(answerTo(reply, "Reboot", {}));
  }
  assert.equal(reply.status, 204);
  return asked;
}

test("an entry is played in sessions with its events only, and once per device where it says so", async (t) => {
  const script = parseScript(
    `sessions:
  - { on: [0 BOOTSTRAP], once: true, rpcs: [GetParameterValues: Device.LAN., Reboot: ] }
  - { on: [1 BOOT, 2 PERIODIC], rpcs: [GetParameterValues: Device.LAN.] }
  - { device: "*-R50P-*", rpcs: [Reboot: ] }
`,
    "s.yaml",
  );
  const { cpe } = await startAcs(t, { script });
  const phone = cpe();
  assert.deepEqual(await play(phone, ["0 BOOTSTRAP", "1 BOOT"]), [
    "GetParameterValues",
    "Reboot",
    "GetParameterValues",
  ]);
  assert.deepEqual(await play(phone, ["0 BOOTSTRAP"]), []);
  assert.deepEqual(await play(phone, ["2 PERIODIC"]), ["GetParameterValues"]);
  assert.deepEqual(await play(phone, ["4 VALUE CHANGE"]), []);
});

test("variables become the device's own values", async (t) => {
  const text = `sessions: [{ rpcs: [SetParameterValues: { values: { Device.A: 'cpe-\${serialNumber}' } }] }]`;
  const { acs, cpe } = await startAcs(t, { script: parseScript(text, "s.yaml") });
  await play(cpe(), ["1 BOOT"]);
  const { exchanges } = await acs.waitForSession(() => true);
  assert.deepEqual(
    exchanges.map(({ call }) => call.name),
    ["GetParameterValues", "SetParameterValues"],
    "the type of the parameter is asked for first",
  );
  const call = exchanges[1]?.call;
  assert.ok(call?.name === "SetParameterValues");
  assert.equal(call.args.parameterList[0]?.value, "cpe-0C1105000001");
});

test("a step that goes otherwise than expected is told and ends its entry, which is played again next time", async (t) => {
  const text = `sessions:
  - { name: strict, once: true, rpcs: [{ SetParameterValues: { values: {} }, expectFault: 9003 }, Reboot: ] }
  - { rpcs: [GetParameterValues: Device.LAN.] }
`;
  const { cpe, events } = await startAcs(t, { script: parseScript(text, "s.yaml") });
  const phone = cpe();
  for (let round = 0; round < 2; round++) {
    assert.deepEqual(await play(phone, ["1 BOOT"]), ["SetParameterValues", "GetParameterValues"]);
  }
  const deviations = events.flatMap((event) =>
    event.kind === "script-deviation" ? [`${event.entry}: ${event.message}`] : [],
  );
  assert.deepEqual(deviations, Array(2).fill("strict: SetParameterValues succeeded, fault 9003 was expected"));
});

test("in a device pattern a star stands for anything and everything else for itself", () => {
  assert.ok(matchesPattern("*", "any-thing"));
  assert.ok(matchesPattern("0C1105-*-1", "0C1105-SP-R53P-1"));
  assert.ok(!matchesPattern("0C1105-*-1", "0C1105-SP-R53P-12"));
  assert.ok(!matchesPattern("a.c", "abc"));
});

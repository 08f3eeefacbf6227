import assert from "node:assert/strict";
import { test } from "node:test";
import { createLocalConsole } from "../../../src/cli/acs/acs-console.ts";
import { answerControlLine } from "../../../src/cli/acs/control.ts";
import { startAcs } from "../../helpers/acs-under-test.ts";
import { answerTo, informEnvelope, TEST_DEVICE_ID } from "../../helpers/scripted-cpe.ts";

test("a call is put in for the phone and answered with its outcomes", async (t) => {
  const { acs, cpe, time } = await startAcs(t);
  const local = createLocalConsole(acs);
  const order = { id: 7, do: "call", device: "any", rpcs: ["Reboot", { GetParameterValues: ["Device.LAN."] }] };
  const answer = answerControlLine(JSON.stringify(order), local);
  const phone = cpe();
  await phone.post(informEnvelope());
  const reboot = await phone.post(null);
  const get = await phone.post(answerTo(reboot, "Reboot", {}));
  await phone.post(answerTo(get, "GetParameterValues", { parameterList: [] }));
  assert.deepEqual(JSON.parse(await answer), {
    id: 7,
    result: [
      { kind: "response", name: "Reboot", response: {} },
      { kind: "response", name: "GetParameterValues", response: { parameterList: [] } },
    ],
  });
  assert.deepEqual(JSON.parse(await answerControlLine('{"id":8,"do":"devices"}', local)), {
    id: 8,
    result: [
      { id: TEST_DEVICE_ID, serialNumber: "0C1105000001", connectionRequestUrl: null, lastInformAt: time.clock.now() },
    ],
  });
});

test("an invalid order is answered with what is wrong", async (t) => {
  const acs = createLocalConsole((await startAcs(t)).acs);
  const errorOf = async (line: string) =>
    JSON.parse(await answerControlLine(line, acs)) as { id: unknown; error: string };
  assert.match((await errorOf("no json")).error, /JSON/);
  assert.match((await errorOf("3")).error, /object/);
  const cases: readonly [object, RegExp][] = [
    [{ do: "dance" }, /"do" is "dance"/],
    [{ do: "call", device: "any" }, /rpcs/],
    [{ do: "call", rpcs: [] }, /"device" must be a text/],
    [{ do: "call", device: "any", rpcs: [3] }, /an RPC is/],
    [{ do: "call", device: "any", rpcs: ["Inform"] }, /expected one RPC/],
    [{ do: "call", device: "any", rpcs: [{ GetParameterNames: { paht: "Device." } }] }, /unknown key "paht"/],
    [{ do: "connectionRequest", device: "nobody" }, /no device "nobody"/],
  ];
  for (const [order, expected] of cases) {
    const { id, error } = await errorOf(JSON.stringify({ id: "x", ...order }));
    assert.equal(id, "x");
    assert.match(error, expected);
  }
});

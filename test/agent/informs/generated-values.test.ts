/** Values that a clone makes up itself, and what the ACS hears of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { applyCloneValues } from "../../../src/config/clone-values/apply.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { cloneOf, genieAcs, parameter } from "../../helpers/clone.ts";
import { rpc } from "../../helpers/scripted-acs.ts";

const SENT = "Device.Stats.BytesSent";

const attributes = (notification: number) =>
  rpc("SetParameterAttributes", {
    parameterList: [{ name: SENT, notificationChange: true, notification, accessListChange: false, accessList: [] }],
  });

async function started(...rpcs: readonly ReturnType<typeof rpc>[]): Promise<AgentUnderTest> {
  const dump = genieAcs({ Stats: { _object: true, BytesSent: parameter(7, "xsd:unsignedInt", true) } });
  const counter = { generator: "counter", from: 100, step: 5, everySeconds: 2, since: null } as const;
  const settings = { cloneValues: { [SENT]: counter }, places: new Map() };
  const { model, generators } = applyCloneValues((await cloneOf(dump)).model, settings);
  const under = createAgentUnderTest({ model, simulated: { generated: { generators, seed: "seed" } } });
  under.acs.plan({ rpcs });
  await under.agent.start();
  await under.settle();
  return under;
}

test("a generated value with passive notification is told in the next Inform, as it is then", async () => {
  const under = await started(attributes(1));
  await under.time.advance(20_000);
  assert.equal(under.acs.sessions.length, 1);
  under.endpoints[0]?.requested();
  await under.settle();
  assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST", "4 VALUE CHANGE"]);
  const told = under.acs.last.inform.parameterList.find(({ name }) => name === SENT);
  assert.equal(told?.value, "150");
});

test("active notification of a generated value is refused with 9009, and setting it with 9008, though the dump says it is writable", async () => {
  const set = rpc("SetParameterValues", { parameterList: [{ name: SENT, value: "1", type: null }], parameterKey: "" });
  const under = await started(attributes(2), set);
  const faults = under.acs.last.outcomes.map((one) =>
    one.kind === "fault" ? [one.faultCode, ...one.parameterFaults.map(({ faultCode }) => faultCode)] : [],
  );
  assert.deepEqual(faults, [[9009], [9003, 9008]]);
});

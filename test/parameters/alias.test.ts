import assert from "node:assert/strict";
import { test } from "node:test";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { compileDataModel } from "../../src/model/compile.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { planSetValues } from "../../src/parameters/set-values.ts";
import { EMPTY_PARAMETERS_STATE, PARAMETERS_DOCUMENT } from "../../src/parameters/state.ts";
import type { Backend } from "../../src/ports/backend.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import {
  faultOf,
  getValues,
  notify,
  parameterFaultsOf,
  response,
  setValues,
  userSets,
  valuesOf,
} from "../helpers/calls.ts";
import { rpc } from "../helpers/scripted-acs.ts";

const OWN = "Device.LAN.VoiceService.1.";
const ALIAS = "Device.Services.VoiceService.1.";
const LABEL = "VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
/** Kept by the agent: the phone's file has no place for it. */
const SESSIONS = "VoiceProfile.1.MaxSessions";
const LABEL_KEY = "Config.Account1.GENERAL.Label";

type Call = ReturnType<typeof rpc>;

async function session(...calls: readonly Call[]) {
  const under = createAgentUnderTest({ extensions: ["voiceServiceAlias"] });
  under.acs.plan({ rpcs: calls });
  await under.agent.start();
  await under.settle();
  return { under, outcomes: under.acs.sessions[0]?.outcomes ?? [] };
}

const names = (parameterPath: string, nextLevel = false) => rpc("GetParameterNames", { parameterPath, nextLevel });
const add = (objectName: string) => rpc("AddObject", { objectName, parameterKey: "" });
const remove = (objectName: string) => rpc("DeleteObject", { objectName, parameterKey: "" });
const namesIn = (outcome: unknown) =>
  (outcome as { parameterList: readonly { name: string; writable: boolean }[] }).parameterList;

test("the alias shows the same names, Writable and values as the table", async () => {
  const { outcomes } = await session(names(OWN), names(ALIAS), getValues(OWN), getValues(ALIAS));
  const [ownNames, aliasNames] = outcomes.map(response).map(namesIn);
  assert.ok((ownNames?.length ?? 0) > 100);
  assert.deepEqual(
    aliasNames?.map(({ name, writable }) => ({ name: name.replace(ALIAS, OWN), writable })),
    ownNames,
  );
  const moved = Object.entries(valuesOf(outcomes[3])).map(([name, value]) => [name.replace(ALIAS, OWN), value]);
  assert.deepEqual(Object.fromEntries(moved), valuesOf(outcomes[2]));
});

test("C-259 Device.Services. counts its services", async () => {
  const { outcomes } = await session(getValues("Device.Services.VoiceServiceNumberOfEntries"));
  assert.deepEqual(Object.values(valuesOf(outcomes[0])), ["1"]);
});

test("what is written through one path is read on both, whoever keeps it, also after a restart", async () => {
  const { under, outcomes } = await session(
    setValues({ [ALIAS + LABEL]: " a\ttab ", [ALIAS + SESSIONS]: "3" }),
    getValues(OWN + LABEL, ALIAS + LABEL, OWN + SESSIONS, ALIAS + SESSIONS),
    setValues({ [OWN + LABEL]: "own", [OWN + SESSIONS]: "2" }),
    getValues(ALIAS + LABEL, ALIAS + SESSIONS),
  );
  assert.deepEqual(Object.values(valuesOf(outcomes[1])), [" a\ttab ", " a\ttab ", "3", "3"]);
  assert.deepEqual(Object.values(valuesOf(outcomes[3])), ["own", "2"]);
  assert.equal(under.settings.get(LABEL_KEY), "own");
  const again = await under.restarted();
  again.acs.plan({ rpcs: [getValues(OWN + SESSIONS, ALIAS + SESSIONS)] });
  await again.agent.start();
  await again.settle();
  assert.deepEqual(Object.values(valuesOf(again.acs.last.outcomes[0])), ["2", "2"]);
});

test("two paths of one setting: the same value is one change, different ones are 9007 for both", async () => {
  const { outcomes } = await session(
    setValues({ [OWN + LABEL]: "same", [ALIAS + LABEL]: "same", [OWN + SESSIONS]: "2", [ALIAS + SESSIONS]: "2" }),
    setValues({ [OWN + LABEL]: "one", [ALIAS + LABEL]: "other", [OWN + SESSIONS]: "1", [ALIAS + SESSIONS]: "3" }),
    getValues(OWN + LABEL, OWN + SESSIONS),
  );
  assert.equal(faultOf(outcomes[0]), "response");
  assert.deepEqual(parameterFaultsOf(outcomes[1]), {
    [OWN + LABEL]: 9007,
    [ALIAS + LABEL]: 9007,
    [OWN + SESSIONS]: 9007,
    [ALIAS + SESSIONS]: 9007,
  });
  assert.deepEqual(Object.values(valuesOf(outcomes[2])), ["same", "2"]);
});

test("instances are added and deleted through either path, under the same numbers", async () => {
  const table = (root: string) => `${root}VoiceProfile.`;
  const { under, outcomes } = await session(
    setValues({ [`${ALIAS}VoiceProfile.2.MaxSessions`]: "3" }),
    remove(`${table(ALIAS)}2.`),
    names(table(OWN), true),
    add(table(ALIAS)),
    names(table(OWN), true),
    names(table(ALIAS), true),
    getValues(`${OWN}VoiceProfileNumberOfEntries`, `${ALIAS}VoiceProfileNumberOfEntries`),
    remove(`${table(OWN)}4.`),
    names(table(ALIAS), true),
    remove(`${table(ALIAS)}4.`),
    add("Device.Services.VoiceService."),
  );
  const numbers = (at: number) => namesIn(response(outcomes[at])).map(({ name }) => Number(name.split(".").at(-2)));
  assert.deepEqual(numbers(2), [1, 3]);
  assert.deepEqual(response(outcomes[3]), { instanceNumber: 4, status: 0 });
  assert.deepEqual(
    [numbers(4), numbers(5)],
    [
      [1, 3, 4],
      [1, 3, 4],
    ],
  );
  assert.deepEqual(Object.values(valuesOf(outcomes[6])), ["3", "3"]);
  assert.deepEqual(numbers(8), [1, 3]);
  assert.deepEqual([faultOf(outcomes[9]), faultOf(outcomes[10])], [9005, 9005]);
  assert.deepEqual((await under.state.load(PARAMETERS_DOCUMENT)).stored, {}, "nothing is kept of what was deleted");
});

test("a change is told for the path that has notification on", async () => {
  const { under } = await session(notify(2, ALIAS + LABEL), setValues({ [OWN + LABEL]: "by the ACS" }));
  assert.equal(under.acs.sessions.length, 1, "C-199: through the other path it is the ACS's own change as well");
  await userSets(under, LABEL_KEY, "by the user");
  assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
  const told = under.acs.last.inform.parameterList.filter(({ name }) => name.endsWith(LABEL));
  assert.deepEqual(
    told.map(({ name, value }) => [name, value]),
    [[ALIAS + LABEL, "by the user"]],
  );
});

test("C-129 rules hold over both paths of a setting, and the fault names the path that was written", async () => {
  const text = `in: Device.
standard: vendor
tables:
  Own:
    description: "A table."
    rows: 2
    parameters:
      Low: { type: int, access: rw, agent: stored, default: 1, description: "The low end." }
      High: { type: int, access: rw, agent: stored, default: 5, description: "The high end." }
    rules: [{ order: [Low, High] }]
aliases:
  Other: { of: Device.Own., description: "The same." }
`;
  const model = compileDataModel([{ file: "own.yaml", text }]);
  const layout = createLayouts(model, { accounts: 1, accountsFixed: false }).factory;
  const read = async () => new Map<string, string>();
  const backend = { read } as unknown as Backend;
  const sources = { layout, backend, state: EMPTY_PARAMETERS_STATE, agentValues: () => "" };
  const plan = (values: Readonly<Record<string, string>>) =>
    planSetValues(
      Object.entries(values).map(([path, value]) => ({ path, value, type: null })),
      sources,
    );
  await plan({ "Device.Other.2.High": "9", "Device.Own.2.Low": "8" });
  const broken = { "Device.Other.2.Low": "8", "Device.Own.1.High": "9" };
  await assert.rejects(plan(broken), (error) => {
    assert.ok(error instanceof CwmpFault);
    assert.deepEqual(
      error.parameterFaults.map(({ parameterName, faultCode }) => [parameterName, faultCode]),
      [["Device.Other.2.Low", 9007]],
    );
    return true;
  });
});

test("an invalid text in the phone's file is told once, and both paths serve the last good value", async () => {
  const { under } = await session();
  const key = "Config.Account1.SIP.Port";
  const port = "VoiceProfile.1.SIP.ProxyServerPort";
  await userSets(under, key, "5070");
  await userSets(under, key, "banana");
  under.acs.plan({ rpcs: [getValues(OWN + port, ALIAS + port)] });
  under.endpoints[0]?.requested();
  await under.settle();
  assert.deepEqual(Object.values(valuesOf(under.acs.last.outcomes[0])), ["5070", "5070"]);
  assert.equal(under.log.lines.filter(({ message }) => message.includes("banana")).length, 1);
});

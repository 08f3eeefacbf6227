import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AgentUnderTestOptions, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { type Outcome, rpc } from "../helpers/scripted-acs.ts";

const TABLE = "Device.LAN.VoiceService.1.VoiceProfile.";
const COUNT = "Device.LAN.VoiceService.1.VoiceProfileNumberOfEntries";
const PARAMETER_KEY = "Device.ManagementServer.ParameterKey";

async function session(calls: readonly ReturnType<typeof rpc>[], options: AgentUnderTestOptions = {}) {
  const under = createAgentUnderTest(options);
  under.acs.plan({ rpcs: calls });
  await under.agent.start();
  await under.settle();
  return { under, outcomes: under.acs.sessions[0]?.outcomes ?? [] };
}

const add = (objectName: string, parameterKey = "") => rpc("AddObject", { objectName, parameterKey });
const remove = (objectName: string, parameterKey = "") => rpc("DeleteObject", { objectName, parameterKey });
const get = (...parameterNames: readonly string[]) => rpc("GetParameterValues", { parameterNames });
const set = (name: string, value: string) =>
  rpc("SetParameterValues", { parameterList: [{ name, value, type: null }], parameterKey: "set" });
const fault = (outcome: Outcome | undefined) => (outcome?.kind === "fault" ? outcome.faultCode : outcome?.kind);
const response = (outcome: Outcome | undefined) => (outcome?.kind === "response" ? outcome.response : outcome);
const values = (outcome: Outcome | undefined): Readonly<Record<string, string>> => {
  assert.ok(outcome?.kind === "response", JSON.stringify(outcome));
  const { parameterList } = outcome.response as { parameterList: readonly { name: string; value: string }[] };
  return Object.fromEntries(parameterList.map(({ name, value }) => [name, value]));
};

describe("AddObject and DeleteObject", () => {
  test("C-165 C-167 C-168 a deleted account's slot is cleared and used again under a new instance number", async () => {
    const label = (instance: number) => `${TABLE}${instance}.Line.1.SIP.CUSTOM_Label`;
    const { under, outcomes } = await session([
      set(label(2), "two"),
      add(TABLE),
      remove(`${TABLE}2.`, "deleted"),
      get(COUNT, PARAMETER_KEY),
      get(label(2)),
      add(TABLE, "added"),
      get(COUNT, PARAMETER_KEY, label(4), `${TABLE}4.Line.1.Enable`),
      set(label(4), "four"),
    ]);
    assert.equal(fault(outcomes[1]), 9004, "the phone has three accounts");
    assert.deepEqual(response(outcomes[2]), { status: 0 });
    assert.deepEqual(values(outcomes[3]), { [COUNT]: "2", [PARAMETER_KEY]: "deleted" });
    assert.equal(fault(outcomes[4]), 9005);
    assert.deepEqual(response(outcomes[5]), { instanceNumber: 4, status: 0 });
    assert.deepEqual(values(outcomes[6]), {
      [COUNT]: "3",
      [PARAMETER_KEY]: "added",
      [label(4)]: "",
      [`${TABLE}4.Line.1.Enable`]: "Disabled",
    });
    assert.equal(under.settings.get("Config.Account2.GENERAL.Label"), "four");
  });

  test("C-119 C-120 instance numbers are stable over a restart and never used again", async () => {
    const { under } = await session([remove(`${TABLE}3.`), remove(`${TABLE}1.`), add(TABLE)]);
    const again = await under.restarted();
    again.acs.plan({
      rpcs: [rpc("GetParameterNames", { parameterPath: TABLE, nextLevel: true }), remove(`${TABLE}4.`), add(TABLE)],
    });
    await again.agent.start();
    await again.settle();
    assert.deepEqual(response(again.acs.last.outcomes[0]), {
      parameterList: [2, 4].map((instance) => ({ name: `${TABLE}${instance}.`, writable: true })),
    });
    assert.deepEqual(response(again.acs.last.outcomes[2]), { instanceNumber: 5, status: 0 });
  });

  test("C-163 C-164 paths that name no creatable table or deletable instance are 9005", async () => {
    const calls = [
      add(TABLE.slice(0, -1)),
      add(`${TABLE}1.`),
      add("Device.LAN."),
      add("Device.LAN.VoiceService."),
      add("Device.Nowhere."),
      add(`${TABLE}1.Line.`),
      remove(TABLE),
      remove(`${TABLE}9.`),
      remove(`${TABLE}1`),
      remove("Device.LAN."),
      remove(`${TABLE}1.Line.1.`),
      remove("Device.LAN.VoiceService.1."),
      remove(COUNT),
    ];
    const { outcomes } = await session(calls);
    assert.deepEqual(
      outcomes.map(fault),
      calls.map(() => 9005),
    );
  });

  test("C-169 the ParameterKey stays after a fault", async () => {
    const { outcomes } = await session([
      set("Device.Time.NTPServer1", "a"),
      add("Device.LAN.", "no"),
      remove(`${TABLE}9.`, "no"),
      get(PARAMETER_KEY),
    ]);
    assert.deepEqual(values(outcomes[3]), { [PARAMETER_KEY]: "set" });
  });

  test("C-164 with fixed accounts both are refused", async () => {
    const { outcomes } = await session([add(TABLE), remove(`${TABLE}1.`)], { accountsFixed: true });
    assert.deepEqual(outcomes.map(fault), [9005, 9005]);
  });
});

interface AttributeEntry {
  readonly name: string;
  readonly notification?: number;
  readonly accessList?: readonly string[];
}

describe("parameter attributes", () => {
  const setAttributes = (...entries: readonly AttributeEntry[]) =>
    rpc("SetParameterAttributes", {
      parameterList: entries.map(({ name, notification, accessList }) => ({
        name,
        notificationChange: notification !== undefined,
        notification: notification ?? 2,
        accessListChange: accessList !== undefined,
        accessList: accessList ?? [],
      })),
    });
  const getAttributes = (...parameterNames: readonly string[]) => rpc("GetParameterAttributes", { parameterNames });
  const list = (outcome: Outcome | undefined) => {
    assert.ok(outcome?.kind === "response", JSON.stringify(outcome));
    return (
      outcome.response as {
        parameterList: readonly { name: string; notification: number; accessList: readonly string[] }[];
      }
    ).parameterList;
  };

  test("C-155 C-161 C-162 the default is no notification and access for everybody, one entry per parameter", async () => {
    const { outcomes } = await session([getAttributes("Device.Time.")]);
    assert.deepEqual(
      list(outcomes[0]),
      ["NTPServer1", "NTPServer2", "LocalTimeZone"].map((name) => ({
        name: `Device.Time.${name}`,
        notification: 0,
        accessList: ["Subscriber"],
      })),
    );
  });

  test("C-151 C-152 C-153 a change leaves the other attribute alone, and a later entry wins", async () => {
    const one = "Device.Time.NTPServer1";
    const { outcomes } = await session([
      setAttributes({ name: "Device.Time.", notification: 2, accessList: [] }, { name: one, notification: 1 }),
      setAttributes({ name: one, accessList: ["Subscriber", "X_unknown"] }),
      getAttributes(one, "Device.Time.NTPServer2"),
    ]);
    assert.deepEqual(list(outcomes[2]), [
      { name: one, notification: 1, accessList: ["Subscriber"] },
      { name: "Device.Time.NTPServer2", notification: 2, accessList: [] },
    ]);
  });

  test("C-153 C-154 C-158 C-209 a request that cannot be met changes nothing", async () => {
    const { outcomes } = await session([
      setAttributes({ name: "Device.Time.NTPServer1", notification: 2 }, { name: "Device.Nowhere", notification: 1 }),
      setAttributes(
        { name: "Device.Time.NTPServer1", notification: 2 },
        { name: "Device.DeviceInfo.UpTime", notification: 2 },
      ),
      ...[3, 4, 5, 6, 7].map((notification) => setAttributes({ name: "Device.Time.NTPServer1", notification })),
      getAttributes("Device.Time.NTPServer1", "Device.DeviceInfo.UpTime"),
      setAttributes({ name: "Device.DeviceInfo.UpTime", notification: 1 }),
      getAttributes("Device.Nowhere"),
    ]);
    assert.deepEqual(outcomes.slice(0, 7).map(fault), [9005, 9009, 9003, 9003, 9003, 9003, 9003]);
    assert.deepEqual(
      list(outcomes[7]).map(({ notification }) => notification),
      [0, 0],
    );
    assert.equal(fault(outcomes[8]), "response");
    assert.equal(fault(outcomes[9]), 9005);
  });

  test("C-151 C-160 a partial path covers what exists now; a deleted instance loses its attributes", async () => {
    const profile = (instance: number) => `${TABLE}${instance}.MaxSessions`;
    const { outcomes } = await session([
      setAttributes({ name: TABLE, notification: 1 }),
      remove(`${TABLE}3.`),
      add(TABLE),
      getAttributes(profile(1), profile(4)),
    ]);
    assert.deepEqual(
      list(outcomes[3]).map(({ notification }) => notification),
      [1, 0],
    );
  });
});

test("C-115 C-116 C-122 GetRPCMethods lists each RPC that is served once, the mandatory and the optional ones", async () => {
  const { outcomes } = await session([rpc("GetRPCMethods", {})]);
  const { methodList } = response(outcomes[0]) as { methodList: readonly string[] };
  assert.deepEqual([...methodList].sort(), [
    "AddObject",
    "CancelTransfer",
    "DeleteObject",
    "Download",
    "FactoryReset",
    "GetAllQueuedTransfers",
    "GetParameterAttributes",
    "GetParameterNames",
    "GetParameterValues",
    "GetQueuedTransfers",
    "GetRPCMethods",
    "Reboot",
    "ScheduleDownload",
    "ScheduleInform",
    "SetParameterAttributes",
    "SetParameterValues",
    "Upload",
  ]);
});

test("C-115 C-122 every RPC that GetRPCMethods lists is served, without its arguments too, and no other one", async () => {
  const { outcomes } = await session([rpc("GetRPCMethods", {})]);
  const { methodList } = response(outcomes[0]) as { methodList: readonly string[] };
  const asked = [...methodList.filter((name) => name !== "FactoryReset"), "ChangeDUState", "SetVouchers"];
  const under = createAgentUnderTest();
  const request = (name: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Body><c:${name}/></s:Body></s:Envelope>`;
  under.acs.plan({
    reply: (post) => {
      const name = post === 0 ? undefined : asked[post - 1];
      return post === 0 ? undefined : name === undefined ? null : request(name);
    },
  });
  await under.agent.start();
  await under.settle();
  const notSupported = asked.filter((_, at) => under.acs.last.posts[at + 2]?.includes("<FaultCode>9000<"));
  assert.deepEqual(notSupported, ["ChangeDUState", "SetVouchers"]);
});

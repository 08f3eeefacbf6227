import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXTENSION_NAMES } from "../../src/config/extensions.ts";
import { type AgentUnderTestOptions, createAgentUnderTest } from "../helpers/agent-under-test.ts";
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

const SERVICE = "Device.LAN.VoiceService.1.";
const TABLE = `${SERVICE}VoiceProfile.`;
const COUNT = `${SERVICE}VoiceProfileNumberOfEntries`;
const NTP = "Device.Time.NTPServer1";
const NTP_KEY = "Config.Settings.SNTP.NTPServer1";

type Call = ReturnType<typeof rpc>;

async function session(calls: readonly Call[], options: AgentUnderTestOptions = {}) {
  const under = createAgentUnderTest(options);
  under.acs.plan({ rpcs: calls });
  await under.agent.start();
  await under.settle();
  return { under, outcomes: under.acs.sessions[0]?.outcomes ?? [] };
}

const names = (parameterPath: string, nextLevel = false) => rpc("GetParameterNames", { parameterPath, nextLevel });
const add = () => rpc("AddObject", { objectName: TABLE, parameterKey: "" });
const remove = (instance: number) => rpc("DeleteObject", { objectName: `${TABLE}${instance}.`, parameterKey: "" });
const attributes = (...parameterNames: readonly string[]) => rpc("GetParameterAttributes", { parameterNames });
const namesIn = (outcome: unknown) =>
  (response(outcome as never) as { parameterList: readonly { name: string; writable: boolean }[] }).parameterList;

describe("names", () => {
  for (const extensions of [[], EXTENSION_NAMES]) {
    test(`C-117 C-259 C-260 every name is well-formed, short enough and below one root; ${extensions.length} extensions`, async () => {
      const { outcomes } = await session([names(""), getValues("")], { extensions });
      const list = namesIn(outcomes[0]).map(({ name }) => name);
      assert.ok(list.length > 300);
      assert.deepEqual(
        list.filter((name) => !/^Device\.([A-Za-z_][\w-]*\.|[1-9]\d*\.)*([A-Za-z_][\w-]*)?$/.test(name)),
        [],
      );
      assert.ok(list.every((name) => name.length <= 256));
      const counts = Object.entries(valuesOf(outcomes[1])).filter(([name]) => name.endsWith("NumberOfEntries"));
      assert.ok(counts.length > 0);
      for (const [name, count] of counts) {
        const table = `${name.slice(0, -"NumberOfEntries".length)}.`;
        const rows = list.filter((row) => row.startsWith(table) && /^\d+\.$/.test(row.slice(table.length)));
        assert.equal(Number(count), rows.length, name);
      }
    });
  }

  test("C-117 names are told apart by case, also when a value is set", async () => {
    const { outcomes } = await session([
      getValues("Device.DeviceInfo.uptime"),
      getValues("Device.Deviceinfo."),
      setValues({ "Device.Time.ntpserver1": "a" }),
      names("device."),
      rpc("AddObject", { objectName: TABLE.toLowerCase(), parameterKey: "" }),
    ]);
    assert.deepEqual(outcomes.map(faultOf), [9005, 9005, 9003, 9005, 9005]);
    assert.deepEqual(parameterFaultsOf(outcomes[2]), { "Device.Time.ntpserver1": 9005 });
  });

  test("C-121 C-142 aliases and wildcards are no names for any RPC", async () => {
    for (const path of [`${TABLE}*.`, `${TABLE}[cpe-1].`, `${TABLE}*.Name`]) {
      const { outcomes } = await session([
        names(path),
        attributes(path),
        notify(1, path),
        rpc("AddObject", { objectName: path, parameterKey: "" }),
        rpc("DeleteObject", { objectName: path, parameterKey: "" }),
        setValues({ [path]: "1" }),
      ]);
      assert.deepEqual(outcomes.map(faultOf), [9005, 9005, 9005, 9005, 9005, 9003]);
      assert.deepEqual(parameterFaultsOf(outcomes[5]), { [path]: 9005 });
    }
  });
});

describe("values", () => {
  test("C-126 each kind of mistake has its code", async () => {
    const mistakes = [
      ["Device.Time.", "x", null, 9005],
      ["Device.Nowhere", "x", null, 9005],
      [`${TABLE}9.MaxSessions`, "1", null, 9005],
      ["Device.DeviceInfo.SerialNumber", "x", null, 9008],
      ["Device.ManagementServer.STUNServerPort", "1", "string", 9006],
      ["Device.ManagementServer.STUNServerPort", "65536", null, 9007],
      ["Device.Time.NTPServer1", "x".repeat(65), null, 9007],
      [`${TABLE}1.Line.1.Enable`, "On", null, 9007],
      ["Device.Time.LocalTimeZone", "around noon", null, 9007],
    ] as const;
    const { outcomes } = await session(
      mistakes.map(([name, value, type]) =>
        rpc("SetParameterValues", { parameterList: [{ name, value, type }], parameterKey: "" }),
      ),
    );
    for (const [at, [name, , , code]] of mistakes.entries()) {
      assert.equal(faultOf(outcomes[at]), 9003, name);
      assert.deepEqual(parameterFaultsOf(outcomes[at]), { [name]: code });
    }
  });

  test("C-133 the value that is there already is accepted, and the ParameterKey with it", async () => {
    const { outcomes } = await session([
      setValues({ [NTP]: "pool.ntp.org" }, "first"),
      setValues({ [NTP]: "pool.ntp.org" }, "second"),
      getValues(NTP, "Device.ManagementServer.ParameterKey"),
    ]);
    assert.deepEqual(outcomes.slice(0, 2).map(response), [{ status: 0 }, { status: 0 }]);
    assert.deepEqual(Object.values(valuesOf(outcomes[2])), ["pool.ntp.org", "second"]);
  });

  test("C-139 an object without parameters is an empty list, not a fault", async () => {
    const { outcomes } = await session([remove(1), remove(2), remove(3), getValues(TABLE), names(TABLE, true)]);
    assert.deepEqual(response(outcomes[3]), { parameterList: [] });
    assert.deepEqual(response(outcomes[4]), { parameterList: [] });
  });

  test("C-272 a factory reset brings the default back, a new instance has the object default", async () => {
    const sessions = (instance: number) => `${TABLE}${instance}.MaxSessions`;
    const { under, outcomes } = await session([
      getValues(NTP, sessions(1)),
      setValues({ [NTP]: "other", [sessions(1)]: "3", [sessions(2)]: "3" }),
      remove(2),
      add(),
      getValues(sessions(4)),
      rpc("FactoryReset", {}),
    ]);
    const [ntp, first] = Object.values(valuesOf(outcomes[0]));
    assert.deepEqual(Object.values(valuesOf(outcomes[4])), [first]);
    under.acs.plan({ rpcs: [getValues(NTP, sessions(1), sessions(2))] });
    await under.time.advance(60_000);
    assert.deepEqual(Object.values(valuesOf(under.acs.last.outcomes[0])), [ntp, first, first]);
  });
});

describe("objects", () => {
  test("C-166 the answers hold an instance number from 1 on and Status 0 or 1", async () => {
    const { outcomes } = await session([remove(3), add()]);
    assert.deepEqual(response(outcomes[0]), { status: 0 });
    assert.deepEqual(response(outcomes[1]), { instanceNumber: 4, status: 0 });
  });

  test("C-259 NumberOfEntries is the real count after every AddObject and DeleteObject, and read-only", async () => {
    const { outcomes } = await session([
      getValues(COUNT),
      remove(2),
      getValues(COUNT),
      remove(1),
      getValues(COUNT),
      add(),
      getValues(COUNT),
      setValues({ [COUNT]: "7" }),
    ]);
    assert.deepEqual(
      [0, 2, 4, 6].map((at) => Object.values(valuesOf(outcomes[at]))[0]),
      ["3", "2", "1", "2"],
    );
    assert.deepEqual(parameterFaultsOf(outcomes[7]), { [COUNT]: 9008 });
  });

  test("C-169 what AddObject and DeleteObject change, the count included, is no value change", async () => {
    const { under } = await session([
      notify(2, COUNT),
      notify(1, `${TABLE}1.MaxSessions`),
      remove(2),
      add(),
      remove(3),
    ]);
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST"]);
  });
});

describe("notification", () => {
  test("C-159 every parameter that may not deny it takes active notification", async () => {
    const { outcomes } = await session([names(""), notify(2, NTP)]);
    const all = namesIn(outcomes[0]).flatMap(({ name }) => (name.endsWith(".") ? [] : [name]));
    const asked = await session(all.map((name) => notify(2, name)));
    const denied = all.filter((_, at) => faultOf(asked.outcomes[at]) !== "response");
    assert.ok(denied.length < all.length / 4);
    for (const at of denied.map((name) => all.indexOf(name))) assert.equal(faultOf(asked.outcomes[at]), 9009);
    const told = all.filter((_, at) => faultOf(asked.outcomes[at]) === "response");
    const list = (await session([notify(2, ...told), attributes(...told)])).outcomes[1];
    const { parameterList } = response(list) as { parameterList: readonly { notification: number }[] };
    assert.ok(parameterList.every(({ notification }) => notification === 2));
    assert.equal(parameterList.length, told.length);
    for (const name of [NTP, COUNT, "Device.DeviceInfo.SoftwareVersion"]) assert.ok(told.includes(name), name);
  });

  test("C-158 C-159 a parameter that denies active notification takes passive", async () => {
    const { outcomes } = await session([notify(2, "Device.DeviceInfo.UpTime"), notify(1, "Device.DeviceInfo.UpTime")]);
    assert.deepEqual(outcomes.map(faultOf), [9009, "response"]);
  });
});

test("C-200 a change of the user after an ACS's change of another parameter is told alone", async () => {
  const { under } = await session([notify(2, NTP, "Device.Time.NTPServer2"), setValues({ [NTP]: "acs" })]);
  await userSets(under, "Config.Settings.SNTP.NTPServer2", "user");
  const told = under.acs.last.inform.parameterList.filter(({ name }) => name.startsWith("Device.Time."));
  assert.deepEqual(
    told.map(({ value }) => value),
    ["user"],
  );
  assert.equal(under.settings.get(NTP_KEY), "acs");
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RequestOf, ResponseOf, RpcName } from "../../src/soap/rpc-table.ts";
import { type AgentUnderTest, type AgentUnderTestOptions, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { type Outcome, rpc } from "../helpers/scripted-acs.ts";

const PREFERENCE = "Device.UserInterface.CUSTOM_Preference.";
const FEATURES = "Device.UserInterface.CUSTOM_Features.";
const PROFILE = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const SIP = `${PROFILE}Line.1.SIP.`;
const PARAMETER_KEY = "Device.ManagementServer.ParameterKey";

/** Runs RPCs in the first session of a phone. */
async function session(calls: readonly ReturnType<typeof rpc>[], options: AgentUnderTestOptions = {}) {
  const under = createAgentUnderTest(options);
  under.acs.plan({ rpcs: calls });
  await under.agent.start();
  await under.settle();
  return { under, outcomes: under.acs.sessions[0]?.outcomes ?? [] };
}

async function one<N extends RpcName>(name: N, args: RequestOf<N>, options?: AgentUnderTestOptions): Promise<Outcome> {
  const { outcomes } = await session([rpc(name, args)], options);
  return outcomes[0] ?? assert.fail("no answer");
}

function responseOf<N extends RpcName>(outcome: Outcome | undefined, name: N): ResponseOf<N> {
  assert.ok(outcome?.kind === "response" && outcome.name === name, JSON.stringify(outcome));
  return outcome.response as ResponseOf<N>;
}

const get = (...parameterNames: readonly string[]) => rpc("GetParameterValues", { parameterNames });
const setTyped = (values: readonly (readonly [string, string, string | null])[], parameterKey = "key") =>
  rpc("SetParameterValues", {
    parameterList: values.map(([name, value, type]) => ({ name, value, type })),
    parameterKey,
  });
const set = (values: Readonly<Record<string, string>>, parameterKey = "key") =>
  setTyped(
    Object.entries(values).map(([name, value]) => [name, value, null] as const),
    parameterKey,
  );
const valuesOf = (outcome: Outcome | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(responseOf(outcome, "GetParameterValues").parameterList.map(({ name, value }) => [name, value]));

function faultsOf(outcome: Outcome | undefined): Readonly<Record<string, number>> {
  assert.ok(outcome?.kind === "fault", JSON.stringify(outcome));
  return Object.fromEntries(outcome.parameterFaults.map(({ parameterName, faultCode }) => [parameterName, faultCode]));
}

const restart = async (under: AgentUnderTest, ...calls: readonly ReturnType<typeof rpc>[]) => {
  const again = await under.restarted();
  again.acs.plan({ rpcs: calls });
  await again.agent.start();
  await again.settle();
  return again.acs.last.outcomes;
};

describe("GetParameterValues", () => {
  test("C-137 an empty name is the whole model, a partial path everything below, a full name that one", async () => {
    const { outcomes } = await session([get(""), get("Device."), get("Device.LAN."), get("Device.LAN.MACAddress")]);
    const [all, root, lan, one] = outcomes.map((outcome) => Object.keys(valuesOf(outcome)));
    assert.deepEqual(all, root);
    assert.ok((all?.length ?? 0) > 250);
    assert.ok(lan?.every((name) => name.startsWith("Device.LAN.")));
    assert.deepEqual(one, ["Device.LAN.MACAddress"]);
  });

  test("C-138 C-118 one unknown name faults the whole call with 9005", async () => {
    for (const name of [
      "Device.Nowhere",
      "Device",
      "Device.LAN",
      "device.LAN.",
      "Device.LAN.MACAddress.",
      ".",
      "Device.LAN.VoiceService.2.",
    ]) {
      const outcome = await one("GetParameterValues", { parameterNames: ["Device.LAN.MACAddress", name] });
      assert.ok(outcome.kind === "fault" && outcome.faultCode === 9005, name);
    }
  });

  test("C-141 overlapping names are answered without duplicates", async () => {
    const { outcomes } = await session([get("Device.Time.", "Device.Time.NTPServer1", "Device.Time.")]);
    const names = responseOf(outcomes[0], "GetParameterValues").parameterList.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  test("C-121 C-142 aliases and wildcards are no names here", async () => {
    for (const name of ["Device.LAN.VoiceService.[cpe-1].", "Device.LAN.VoiceService.*."]) {
      const outcome = await one("GetParameterValues", { parameterNames: [name] });
      assert.ok(outcome.kind === "fault" && outcome.faultCode === 9005);
    }
  });

  test("C-140 a list of 10,000 names is answered whole", async () => {
    const { outcomes } = await session([
      get(...Array.from({ length: 10_000 }, () => "Device.Time.NTPServer1"), "Device."),
    ]);
    assert.ok(responseOf(outcomes[0], "GetParameterValues").parameterList.length > 250);
  });

  test("C-140 C-283 more names than make sense are refused with 9004, as are more values than there are parameters", async () => {
    const names = Array.from({ length: 20_000 }, () => "Device.");
    const values = Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`Device.Unknown.${index}`, "x"]));
    const { outcomes, under } = await session([
      get(...names),
      rpc("GetParameterAttributes", { parameterNames: names }),
      set(values),
    ]);
    for (const outcome of outcomes) assert.ok(outcome.kind === "fault" && outcome.faultCode === 9004);
    assert.equal(outcomes.length, 3);
    assert.equal(under.agent.status().retryCount, 0);
  });

  test("C-139 C-140 a name that is given often is answered once", async () => {
    const once = await session([get("Device.")]);
    const often = await session([get(...Array.from({ length: 5_000 }, () => "Device."))]);
    assert.deepEqual(valuesOf(often.outcomes[0]), valuesOf(once.outcomes[0]));
  });

  test("C-055 every value has the type of the data model", async () => {
    const { outcomes } = await session([get("Device.ManagementServer.")]);
    const types = new Map(
      responseOf(outcomes[0], "GetParameterValues").parameterList.map(({ name, type }) => [name.slice(24), type]),
    );
    assert.equal(types.get("URL"), "string");
    assert.equal(types.get("PeriodicInformEnable"), "boolean");
    assert.equal(types.get("PeriodicInformInterval"), "unsignedInt");
    assert.equal(types.get("PeriodicInformTime"), "dateTime");
    assert.equal(types.get("STUNMaximumKeepAlivePeriod"), "int");
  });

  test("C-132 C-281 hidden parameters read as empty, and their values are in no log", async () => {
    const secrets = {
      "Device.ManagementServer.Password": "hush-1",
      "Device.ManagementServer.ConnectionRequestPassword": "hush-2",
      "Device.ManagementServer.STUNPassword": "hush-3",
      [`${SIP}AuthPassword`]: "hush-4",
    };
    const { under, outcomes } = await session([set(secrets), get(...Object.keys(secrets))]);
    assert.deepEqual(Object.values(valuesOf(outcomes[1])), ["", "", "", ""]);
    assert.equal(under.settings.get("Config.Account1.GENERAL.Pwd"), "hush-4");
    assert.doesNotMatch(under.log.text(), /hush/);
  });
});

describe("SetParameterValues", () => {
  test("C-123 C-124 C-131 all or nothing: every bad parameter is named, nothing is set, the ParameterKey stays", async () => {
    const good = `${SIP}CUSTOM_Label`;
    const { under, outcomes } = await session([
      set({ [good]: "before" }, "old"),
      setTyped(
        [
          [good, "after", "string"],
          [`${PREFERENCE}CUSTOM_RingVol`, "16", "unsignedInt"],
          ["Device.DeviceInfo.UpTime", "1", "unsignedInt"],
          ["Device.Nowhere", "1", "string"],
          [PROFILE, "1", "string"],
          [`${FEATURES}CUSTOM_CallWaiting`, "true", "string"],
          ["Device.LAN.AddressingType", "PPPoE", null],
        ],
        "new",
      ),
      get(good, PARAMETER_KEY),
    ]);
    const fault = outcomes[1];
    assert.equal(fault?.kind === "fault" && fault.faultCode, 9003);
    assert.deepEqual(faultsOf(fault), {
      [`${PREFERENCE}CUSTOM_RingVol`]: 9007,
      "Device.DeviceInfo.UpTime": 9008,
      "Device.Nowhere": 9005,
      [PROFILE]: 9005,
      [`${FEATURES}CUSTOM_CallWaiting`]: 9006,
      "Device.LAN.AddressingType": 9007,
    });
    assert.deepEqual(valuesOf(outcomes[2]), { [good]: "before", [PARAMETER_KEY]: "old" });
    assert.equal(under.settings.get("Config.Account1.GENERAL.Label"), "before");
  });

  test("C-125 the same name twice faults the whole call; an empty list sets the ParameterKey alone", async () => {
    const { outcomes } = await session([
      setTyped([
        [`${SIP}CUSTOM_Label`, "a", null],
        [`${SIP}CUSTOM_Label`, "a", null],
      ]),
      set({}, "only the key"),
      get(PARAMETER_KEY, `${SIP}CUSTOM_Label`),
    ]);
    assert.ok(
      outcomes[0]?.kind === "fault" && outcomes[0].faultCode === 9003 && outcomes[0].parameterFaults.length === 0,
    );
    assert.deepEqual(responseOf(outcomes[1], "SetParameterValues"), { status: 0 });
    assert.deepEqual(Object.values(valuesOf(outcomes[2])), ["only the key", ""]);
  });

  test("C-128 the name goes before the access, the access before the type, the type before the value", async () => {
    const { outcomes } = await session([
      setTyped([
        ["Device.DeviceInfo.UpTime", "x", "string"],
        [`${PREFERENCE}CUSTOM_RingVol`, "99", "int"],
      ]),
    ]);
    assert.deepEqual(faultsOf(outcomes[0]), {
      "Device.DeviceInfo.UpTime": 9008,
      [`${PREFERENCE}CUSTOM_RingVol`]: 9006,
    });
  });

  test("C-129 rules are checked on the values that result from the whole call", async () => {
    const voice = "Device.UserInterface.CUSTOM_Voice.CUSTOM_JitterBuffer";
    const { outcomes } = await session([
      set({ [`${voice}Min`]: "400" }),
      set({ [`${voice}Max`]: "500", [`${voice}Min`]: "400" }),
      set({ [`${voice}Max`]: "300" }),
      set({ [`${FEATURES}CUSTOM_BusyForwardEnable`]: "1" }),
      set({ [`${FEATURES}CUSTOM_BusyForwardEnable`]: "1", [`${FEATURES}CUSTOM_BusyForwardTarget`]: "2002" }),
    ]);
    assert.deepEqual(faultsOf(outcomes[0]), { [`${voice}Min`]: 9007 });
    assert.equal(outcomes[1]?.kind, "response");
    assert.deepEqual(faultsOf(outcomes[2]), { [`${voice}Max`]: 9007 });
    assert.deepEqual(faultsOf(outcomes[3]), { [`${FEATURES}CUSTOM_BusyForwardEnable`]: 9007 });
    assert.equal(outcomes[4]?.kind, "response");
  });

  test("the LAN addresses can be set only while, or with, AddressingType Static, and need a reboot", async () => {
    const { under, outcomes } = await session([
      set({ "Device.LAN.IPAddress": "10.0.0.9" }),
      set({ "Device.LAN.IPAddress": "10.0.0.9", "Device.LAN.AddressingType": "Static" }),
      get("Device.LAN.IPAddress"),
    ]);
    assert.deepEqual(faultsOf(outcomes[0]), { "Device.LAN.IPAddress": 9008 });
    assert.deepEqual(
      responseOf(outcomes[1], "SetParameterValues"),
      { status: 1 },
      "C-130: committed, in force after a reboot",
    );
    assert.deepEqual(
      valuesOf(outcomes[2]),
      { "Device.LAN.IPAddress": "10.0.0.9" },
      "C-130: a read returns the new value",
    );
    assert.equal(under.settings.get("Config.Network.LAN.Type"), "2");
  });

  test("two parameters of one setting cannot be given different values in one call", async () => {
    const { outcomes } = await session([
      set({ [`${PROFILE}SIP.RegistrarServer`]: "a.example", [`${PROFILE}SIP.ProxyServer`]: "b.example" }),
      set({ [`${PROFILE}SIP.RegistrarServer`]: "a.example", [`${PROFILE}SIP.ProxyServer`]: "a.example" }),
      get(`${PROFILE}SIP.RegistrarServer`, `${PROFILE}SIP.ProxyServer`),
    ]);
    assert.deepEqual(Object.values(faultsOf(outcomes[0])), [9007, 9007]);
    assert.deepEqual(Object.values(valuesOf(outcomes[2])), ["a.example", "a.example"]);
  });

  test("C-064 C-261 a value reads back exactly as it was written, whatever the phone's file can hold", async () => {
    const label = `${SIP}CUSTOM_Label`;
    const texts = [
      "  two blanks  ",
      "tab\tand\r\nlines\n",
      '🙂 <&> "é" ]]>',
      "64 … ".padEnd(64, "€"),
      "# no comment = at all",
    ];
    for (const text of texts) {
      const { under, outcomes } = await session([set({ [label]: text }), get(label)]);
      assert.equal(outcomes[0]?.kind, "response", JSON.stringify(outcomes[0]));
      assert.deepEqual(valuesOf(outcomes[1]), { [label]: text });
      assert.doesNotMatch(under.settings.get("Config.Account1.GENERAL.Label") ?? "", /^\s|\s$|[\r\n\t]/);
      const [after] = await restart(under, get(label));
      assert.deepEqual(valuesOf(after), { [label]: text }, "over a restart");
    }
  });

  test("a hand edit replaces an exact text that the file could not hold", async () => {
    const label = `${SIP}CUSTOM_Label`;
    const { under } = await session([set({ [label]: " blank " })]);
    under.reportForeign(await under.settings.stage(new Map([["Config.Account1.GENERAL.Label", "by hand"]])).apply());
    const [after] = await restart(under, get(label));
    assert.deepEqual(valuesOf(after), { [label]: "by hand" });
  });

  test("C-131 a ParameterKey holds 32 characters, not bytes", async () => {
    const { outcomes } = await session([
      set({}, "é".repeat(32)),
      get(PARAMETER_KEY),
      set({}, "x".repeat(33)),
      get(PARAMETER_KEY),
    ]);
    assert.deepEqual(Object.values(valuesOf(outcomes[1])), ["é".repeat(32)]);
    assert.ok(outcomes[2]?.kind === "fault" && outcomes[2].faultCode === 9003);
    assert.deepEqual(Object.values(valuesOf(outcomes[3])), ["é".repeat(32)]);
  });

  test("C-135 booleans are 0, 1, true and false and nothing else; they read in one form", async () => {
    const path = `${FEATURES}CUSTOM_CallWaiting`;
    const { outcomes } = await session([
      set({ [path]: "0" }),
      get(path),
      set({ [path]: "1" }),
      get(path),
      set({ [path]: "TRUE" }),
      set({ [path]: "yes" }),
    ]);
    assert.deepEqual([valuesOf(outcomes[1]), valuesOf(outcomes[3])], [{ [path]: "false" }, { [path]: "true" }]);
    assert.deepEqual(faultsOf(outcomes[4]), { [path]: 9007 });
    assert.deepEqual(faultsOf(outcomes[5]), { [path]: 9007 });
  });

  test("C-135 C-262 blanks around a typed value are those of a sender that indents", async () => {
    const interval = "Device.ManagementServer.PeriodicInformInterval";
    const waiting = `${FEATURES}CUSTOM_CallWaiting`;
    const code = "Device.DeviceInfo.ProvisioningCode";
    const { outcomes } = await session([
      set({ [interval]: "\n  301\n", [waiting]: " 1\t", [code]: " a " }),
      get(interval, waiting, code),
    ]);
    assert.deepEqual(valuesOf(outcomes[1]), { [interval]: "301", [waiting]: "true", [code]: " a " });
  });

  test("C-130 what was set is there after a restart", async () => {
    const values = {
      [`${SIP}CUSTOM_UserName`]: "1001",
      [`${PROFILE}MaxSessions`]: "2",
      [`${PROFILE}SIP.UserAgentDomain`]: "d.example",
    };
    const { under } = await session([set(values, "kept")]);
    const [after] = await restart(under, get(...Object.keys(values), PARAMETER_KEY));
    assert.deepEqual(valuesOf(after), { ...values, [PARAMETER_KEY]: "kept" });
  });

  test("C-034 an ACS URL that is none is refused", async () => {
    const { outcomes } = await session([set({ "Device.ManagementServer.URL": "ftp://acs.example/" })]);
    assert.deepEqual(faultsOf(outcomes[0]), { "Device.ManagementServer.URL": 9007 });
  });

  test("writing Reset re-registers the account and reads back false", async () => {
    const { outcomes } = await session([set({ [`${PROFILE}Reset`]: "true" }), get(`${PROFILE}Reset`)]);
    assert.deepEqual(responseOf(outcomes[0], "SetParameterValues"), { status: 0 });
    assert.deepEqual(valuesOf(outcomes[1]), { [`${PROFILE}Reset`]: "false" });
  });
});

describe("GetParameterNames", () => {
  const names = (outcome: Outcome | undefined) => responseOf(outcome, "GetParameterNames").parameterList;
  const ask = (parameterPath: string, nextLevel: boolean) => rpc("GetParameterNames", { parameterPath, nextLevel });

  test("C-143 C-144 C-145 C-148 paths, children and the root", async () => {
    const { outcomes } = await session([
      ask("", false),
      ask("", true),
      ask("Device.Time.", false),
      ask("Device.", true),
    ]);
    assert.equal(names(outcomes[0])[0]?.name, "Device.");
    assert.deepEqual(names(outcomes[1]), [{ name: "Device.", writable: false }]);
    assert.deepEqual(names(outcomes[2]), [
      { name: "Device.Time.", writable: false },
      { name: "Device.Time.NTPServer1", writable: true },
      { name: "Device.Time.NTPServer2", writable: true },
      { name: "Device.Time.LocalTimeZone", writable: true },
    ]);
    assert.deepEqual(
      names(outcomes[3]).map(({ name }) => name),
      ["Device.DeviceInfo.", "Device.ManagementServer.", "Device.Time.", "Device.UserInterface.", "Device.LAN."],
    );
  });

  test("C-146 C-147 a full name is itself, with NextLevel 9003; an unknown path is 9005", async () => {
    const { outcomes } = await session([
      ask("Device.Time.NTPServer1", false),
      ask("Device.Time.NTPServer1", true),
      ask("Device.Nowhere.", false),
      ask("Device", true),
    ]);
    assert.deepEqual(names(outcomes[0]), [{ name: "Device.Time.NTPServer1", writable: true }]);
    assert.deepEqual(
      outcomes.slice(1).map((outcome) => outcome.kind === "fault" && outcome.faultCode),
      [9003, 9005, 9005],
    );
  });

  test("C-149 Writable of a table and its instances says whether objects can be added and deleted", async () => {
    const table = "Device.LAN.VoiceService.1.VoiceProfile.";
    const free = await session([ask(table, true), ask("Device.LAN.VoiceService.1.", true)]);
    assert.deepEqual(
      names(free.outcomes[0]),
      [1, 2, 3].map((n) => ({ name: `${table}${n}.`, writable: true })),
    );
    assert.equal(names(free.outcomes[1]).find(({ name }) => name === table)?.writable, true);
    const fixed = await session([ask(table, true)], { accountsFixed: true });
    assert.ok(names(fixed.outcomes[0]).every(({ writable }) => !writable));
  });

  test("C-150 every name is listed once and can be read", async () => {
    const { outcomes } = await session([ask("Device.", false), get("Device.")]);
    const listed = names(outcomes[0]).map(({ name }) => name);
    assert.equal(new Set(listed).size, listed.length);
    assert.deepEqual(
      listed.filter((name) => !name.endsWith(".")),
      Object.keys(valuesOf(outcomes[1])),
    );
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatOffset } from "../../../src/cwmp/time-zone.ts";
import { ACS_URL, createAgentUnderTest, IDENTITY } from "../../helpers/agent-under-test.ts";
import { rpc, UNREACHABLE } from "../../helpers/scripted-acs.ts";
import { spreadable } from "../../helpers/spreadable.ts";

const set = (values: Readonly<Record<string, string>>, parameterKey = "") =>
  rpc("SetParameterValues", {
    parameterList: Object.entries(values).map(([name, value]) => ({ name, value, type: null })),
    parameterKey,
  });

/** Longer than the scripted ACS takes for its next request. */
const SLOW_READ_TURNS = 200;

describe("from boot to the first session", () => {
  test("C-090 C-092 the first contact carries BOOTSTRAP and BOOT, a restart BOOT alone", async () => {
    const first = createAgentUnderTest();
    await first.agent.start();
    await first.settle();
    assert.deepEqual(first.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    const second = await first.restarted();
    await second.agent.start();
    await second.settle();
    assert.deepEqual(second.acs.last.eventCodes, ["1 BOOT"]);
  });

  test("C-090 a BOOTSTRAP that was never delivered is sent after a restart", async () => {
    const first = createAgentUnderTest();
    first.acs.plan(UNREACHABLE);
    await first.agent.start();
    await first.settle();
    const second = await first.restarted();
    await second.agent.start();
    await second.settle();
    assert.deepEqual(second.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    assert.equal(second.acs.last.inform.retryCount, 1, "C-111: RetryCount counts on over the restart");
  });

  test("C-088 C-091 a BOOTSTRAP that still waits at a restart drops nothing that came after it", async () => {
    const periodic = {
      "Config.TR069.ManagementServer.PeriodicInformEnable": "1",
      "Config.TR069.ManagementServer.PeriodicInformInterval": "60",
    };
    const first = createAgentUnderTest({ keys: periodic });
    first.acs.plan(...Array(20).fill(UNREACHABLE));
    await first.agent.start();
    await first.time.advance(60_000);
    const second = await first.restarted();
    await second.agent.start();
    await second.settle();
    assert.deepEqual(second.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT", "2 PERIODIC"]);
  });

  for (const [zone, name, currentTime] of [
    ["GMT+3:00", "Moscow", "2026-07-01T15:00:00+03:00"],
    ["-5", "United States-Eastern Time", "2026-07-01T07:00:00-05:00"],
    ["CET-1CEST,M3.5.0,M10.5.0/3", "CET", "2026-07-01T14:00:00+02:00"],
    ["", "", "2026-07-01T21:00:00+09:00"],
  ] as const) {
    test(`C-101 CurrentTime follows LocalTimeZone "${zone}", which is written with its name as phones do`, async () => {
      const under = createAgentUnderTest({ offsetMinutes: 540, now: Date.UTC(2026, 6, 1, 12) });
      under.acs.plan({ rpcs: [set({ "Device.Time.LocalTimeZone": zone })] });
      await under.agent.start();
      await under.settle();
      assert.equal(under.acs.last.inform.currentTime, "2026-07-01T12:00:00+00:00", "UTC0 is the default");
      const keys = ["Config.Settings.SNTP.TimeZone", "Config.Settings.SNTP.Name"];
      const written = await under.agent.local.readSettings(keys);
      assert.deepEqual(
        keys.map((key) => written.get(key)),
        [zone, name],
      );
      under.endpoints[0]?.requested();
      await under.settle();
      assert.equal(under.acs.last.inform.currentTime, currentTime);
      const offsetAt = await under.agent.local.zone();
      assert.equal(currentTime.slice(-6), formatOffset(offsetAt(under.time.clock.now())), "the pages show the same");
    });
  }

  test("C-084 C-096 C-098 C-101 the Inform names the phone and carries the forced parameters once", async () => {
    const { agent, acs, settle } = createAgentUnderTest({
      offsetMinutes: 60,
      keys: { "Config.Settings.SNTP.TimeZone": "GMT+5:30" },
      now: Date.UTC(2026, 10, 22, 20, 30),
    });
    await agent.start();
    await settle();
    const { deviceId, parameterList, currentTime, maxEnvelopes } = acs.last.inform;
    const { manufacturer, oui, productClass, serialNumber } = IDENTITY;
    assert.deepEqual(deviceId, { manufacturer, oui, productClass, serialNumber });
    assert.equal(maxEnvelopes, 1);
    assert.equal(currentTime, "2026-11-23T02:00:00+05:30", "C-101: local time of the phone's zone, with its offset");
    const values = new Map(parameterList.map(({ name, value }) => [name, value]));
    assert.equal(values.size, parameterList.length);
    assert.deepEqual([...values.keys()].sort(), [
      "Device.DeviceInfo.HardwareVersion",
      "Device.DeviceInfo.SoftwareVersion",
      "Device.LAN.IPAddress",
      "Device.ManagementServer.ConnectionRequestURL",
      "Device.ManagementServer.ParameterKey",
    ]);
    assert.match(
      values.get("Device.ManagementServer.ConnectionRequestURL") ?? "",
      /^http:\/\/192\.0\.2\.20:7547\/[0-9a-f]{30}$/,
    );
  });

  test("C-102 a clock that was never set is told as the unknown time", async () => {
    const { agent, acs, settle } = createAgentUnderTest({ now: 86_400_000 });
    await agent.start();
    await settle();
    assert.equal(acs.last.inform.currentTime, "0001-01-01T00:00:00Z");
  });

  test("C-211 the connection-request path is kept over restarts", async () => {
    const urlOf = (inform: { parameterList: readonly { name: string; value: string }[] }) =>
      inform.parameterList.find(({ name }) => name.endsWith("ConnectionRequestURL"))?.value;
    const first = createAgentUnderTest();
    await first.agent.start();
    await first.settle();
    const second = await first.restarted();
    await second.agent.start();
    await second.settle();
    assert.equal(urlOf(second.acs.last.inform), urlOf(first.acs.last.inform));
  });

  test("a CPE URL of the settings is advertised as it stands", async () => {
    const { agent, acs, settle } = createAgentUnderTest({
      keys: { "Config.TR069.ManagementServer.ConnectionRequestURL": "http://203.0.113.9:8080/cr" },
    });
    await agent.start();
    await settle();
    const url = acs.last.inform.parameterList.find(({ name }) => name.endsWith("ConnectionRequestURL"));
    assert.equal(url?.value, "http://203.0.113.9:8080/cr");
  });

  test("C-037 with TR-069 off there is neither an Inform nor a connection request endpoint", async () => {
    const { agent, acs, endpoints, settle } = createAgentUnderTest({ keys: { "Config.TR069.General.Enable": "0" } });
    await agent.start();
    await settle();
    assert.equal(acs.sessions.length, 0);
    assert.equal(endpoints.length, 0);
    await agent.stop();
  });

  test("without an ACS URL nothing is sent, and nothing is forgotten", async () => {
    const { agent, acs, settle } = createAgentUnderTest({ keys: { "Config.TR069.ManagementServer.URL": "" } });
    await agent.start();
    await settle();
    assert.equal(acs.sessions.length, 0);
    assert.deepEqual(
      agent.status().pendingEvents.map(({ code }) => code),
      ["1 BOOT"],
    );
  });

  test("C-033 C-083 C-090 a new ACS URL is used from the next session on, which carries BOOTSTRAP", async () => {
    const { agent, acs, settle } = createAgentUnderTest();
    acs.plan({ rpcs: [set({ "Device.ManagementServer.URL": "https://new.example/acs" })] });
    await agent.start();
    await settle();
    assert.equal(acs.sessions.length, 2);
    assert.equal(acs.sessions[0]?.target.url, ACS_URL);
    assert.equal(acs.sessions[0]?.ended, true);
    assert.equal(acs.last.target.url, "https://new.example/acs");
    assert.deepEqual(acs.last.eventCodes, ["0 BOOTSTRAP"]);
  });

  test("C-090 C-091 C-189 a Reboot right after a new ACS URL is told, however slowly the phone says what its settings are", async () => {
    const under = createAgentUnderTest({
      wrapBackend: (backend) => ({
        ...spreadable(backend),
        async read(keys) {
          for (let turn = 0; turn < SLOW_READ_TURNS; turn++) await null;
          return backend.read(keys);
        },
      }),
    });
    under.acs.plan({
      rpcs: [set({ "Device.ManagementServer.URL": "https://new.example/acs" }), rpc("Reboot", { commandKey: "night" })],
    });
    await under.agent.start();
    await under.settle();
    const after = await under.restarted();
    await after.agent.start();
    await after.settle();
    const told = [...under.acs.sessions.slice(1), ...after.acs.sessions].map(({ eventCodes }) => eventCodes);
    assert.deepEqual(told[0], ["0 BOOTSTRAP", "1 BOOT", "M Reboot"]);
  });

  test("C-136 new credentials are used from the next session on", async () => {
    const { agent, acs, time, settle } = createAgentUnderTest();
    acs.plan({
      rpcs: [
        set({ "Device.ManagementServer.Password": "fresh", "Device.ManagementServer.PeriodicInformEnable": "true" }),
      ],
    });
    await agent.start();
    await settle();
    await time.advance(1_800_000);
    assert.deepEqual(
      acs.sessions.map(({ target }) => target.password),
      ["secret", "fresh"],
    );
  });
});

describe("YAML settings against what was set at run time", () => {
  const yaml = (url: string) => new Map([["Config.TR069.ManagementServer.URL", url]]);

  test("at the first start the YAML goes before the phone's file", async () => {
    const { agent, acs, settle } = createAgentUnderTest({ yaml: yaml("http://yaml.example/") });
    await agent.start();
    await settle();
    assert.equal(acs.last.target.url, "http://yaml.example/");
  });

  test("what the ACS has set goes before an unchanged YAML line", async () => {
    const options = { yaml: yaml("http://yaml.example/") };
    const first = createAgentUnderTest(options);
    first.acs.plan({ rpcs: [set({ "Device.ManagementServer.URL": "http://set.example/" })] });
    await first.agent.start();
    await first.settle();
    const second = await first.restarted();
    await second.agent.start();
    await second.settle();
    assert.equal(second.acs.last.target.url, "http://set.example/");
  });

  test("a YAML line changed since the last start is a local change made now", async () => {
    const options = { yaml: yaml("http://yaml.example/") };
    const first = createAgentUnderTest(options);
    await first.agent.start();
    await first.settle();
    options.yaml = yaml("http://changed.example/");
    const second = await first.restarted();
    await second.agent.start();
    await second.settle();
    assert.equal(second.acs.last.target.url, "http://changed.example/");
    assert.deepEqual(second.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
  });
});

/** What a dump is compiled to, and what is found wrong in it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { createLayouts, type Layouts } from "../../src/parameters/layouts.ts";
import { cloneOf, genieAcs, parameter } from "../helpers/clone.ts";

const GATEWAY = readFileSync(new URL("../../examples/clone/gateway.json", import.meta.url), "utf8");
const WLAN = "InternetGatewayDevice.LANDevice.1.WLANConfiguration.";

function layoutsOf(model: Layouts["model"]): Layouts {
  return createLayouts(model, { accounts: 1, accountsFixed: false });
}

const codes = async (text: string): Promise<readonly string[]> =>
  (await cloneOf(text)).report.findings.map(({ code }) => code);

test("a clone has the objects, rows, types, access and values of the dump, each row its own", async () => {
  const { model, report } = await cloneOf(GATEWAY);
  const { factory } = layoutsOf(model);
  const names = new Map(factory.names("", false).map(({ name, writable }) => [name, writable]));
  assert.equal(names.get(WLAN), true);
  assert.equal(names.get(`${WLAN}1.`), false);
  assert.equal(names.get(`${WLAN}5.`), true);
  assert.equal(names.get(`${WLAN}1.TotalBytesSent`), false);
  assert.equal(names.has(`${WLAN}5.TotalBytesSent`), false);
  assert.equal(names.has(`${WLAN}1.X_EXAMPLE_Isolation`), false);
  const channel = factory.get(`${WLAN}1.Channel`);
  assert.deepEqual([channel?.def.type, channel?.initial, channel?.def.writable], ["unsignedInt", "6", true]);
  assert.equal(factory.get(`${WLAN}5.SSID`)?.initial, "guests");
  assert.deepEqual([report.root, report.parameters, report.writable], ["InternetGatewayDevice", 27, 13]);
  assert.deepEqual(
    report.tables.map(({ path, rows }) => [path, rows]),
    [
      ["InternetGatewayDevice.LANDevice.", 1],
      [WLAN, 2],
    ],
  );
});

test("what every CPE has and the dump lacks is added, and secrets of the dump are left out; the report says both", async () => {
  const { model, report } = await cloneOf(GATEWAY);
  const { factory } = layoutsOf(model);
  assert.deepEqual(report.added, [
    "ManagementServer.PeriodicInformTime",
    "ManagementServer.ParameterKey",
    "ManagementServer.ConnectionRequestUsername",
    "ManagementServer.ConnectionRequestPassword",
  ]);
  const passphrase = factory.get(`${WLAN}1.KeyPassphrase`);
  assert.deepEqual([passphrase?.def.hidden, passphrase?.initial, report.secrets], [true, "", 1]);
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ["NOT_OF_THE_DEVICE"],
  );
});

test("each Inform has the forced parameters that the device has", async () => {
  const { model } = await cloneOf(GATEWAY);
  assert.deepEqual(
    layoutsOf(model)
      .factory.forcedInform.map(({ path }) => path.replace("InternetGatewayDevice.", ""))
      .toSorted(),
    [
      ...["DeviceInfo.HardwareVersion", "DeviceInfo.ProvisioningCode", "DeviceInfo.SoftwareVersion"],
      ...["DeviceInfo.SpecVersion", "DeviceSummary", "ManagementServer.ConnectionRequestURL"],
      "ManagementServer.ParameterKey",
    ],
  );
});

test("hostile names, kinds and types are findings, and the rest is used", async () => {
  const device = `{"Device":{"A":${JSON.stringify(parameter("x"))},"A":${JSON.stringify(parameter("y"))},
    "__proto__":${JSON.stringify(parameter("z"))},"constructor":${JSON.stringify(parameter("c"))},"b c":{"_value":1},
    "N":{"_value":"many","_type":"xsd:int","_writable":true},"O":{"_value":{},"_type":"xsd:colour"},
    "T":{"1":{"P":${JSON.stringify(parameter(1, "xsd:int"))}},"Other":{"_value":"1"},"0":{"P":{"_value":1}}}},
    "Router":{}}`;
  const { model, report } = await cloneOf(device);
  assert.deepEqual(report.findings.map(({ code, line }) => `${code} ${line}`).toSorted(), [
    ...["BAD_NAME 2", "BAD_NAME 2", "BAD_NAME 4", "BAD_NAME 4", "DUPLICATE_PATH 1", "NOT_A_ROW 4"],
    ...["UNKNOWN_ROOT 5", "UNKNOWN_TYPE 3", "WRONG_TYPE 3", "WRONG_VALUE 3"],
  ]);
  const { factory } = layoutsOf(model);
  assert.equal(factory.get("Device.A")?.initial, "x");
  assert.equal(factory.get("Device.constructor")?.initial, "c");
  assert.equal(factory.get("Device.N")?.initial, "-1");
  assert.equal(factory.get("Device.T.1.P")?.initial, "1");
  assert.equal(Object.hasOwn(Object.prototype, "z"), false);
});

test("of many findings of one kind a hundred are listed and the rest is counted", async () => {
  const bad = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`b ${at}`, parameter("x")]));
  const { report } = await cloneOf(genieAcs({ Good: parameter("x"), ...bad }));
  assert.equal(report.findings.length, 101);
  assert.match(report.findings.at(-1)?.message ?? "", /^150 more/);
});

test("what stands too deep, is too long or too much ends in findings, not in an exhausted stack", async () => {
  const deep = Array.from({ length: 150 }).reduce<object>((below) => ({ N: below }), parameter("x"));
  assert.deepEqual(
    new Set(await codes(genieAcs({ Good: parameter("x"), deep }))),
    new Set(["TOO_DEEP", "PATH_TOO_LONG"]),
  );
  const deeper = `{"Device":${'{"N":'.repeat(5000)}1${"}".repeat(5000)}}`;
  await assert.rejects(cloneOf(deeper), (error) => {
    assert.ok(error instanceof FindingsError);
    assert.deepEqual(
      error.findings.map(({ code }) => code),
      ["NO_PARAMETERS", "NOT_A_DUMP"],
    );
    return true;
  });
  const many = Object.fromEntries(Array.from({ length: 100_001 }, (_, at) => [`P${at}`, { _value: at }]));
  const { report } = await cloneOf(genieAcs(many));
  assert.deepEqual([report.parameters, report.findings.map(({ code }) => code)], [100_000, ["TOO_MANY"]]);
});

test("a text that is no dump is refused with the line of the mistake", async () => {
  for (const [text, place] of [
    ['{\n  "Device": {\n    "A" 1 }}', "dump:3:9"],
    ["{}", "NO_PARAMETERS"],
    ["7", "NOT_A_DUMP"],
    ["", "NOT_A_DUMP"],
  ] as const) {
    await assert.rejects(
      cloneOf(text),
      (error) => error instanceof FindingsError && error.message.includes(place),
      text,
    );
  }
});

/** `cloneValues`: what is refused, with its place and what is meant, and what the data model becomes. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { templateValues } from "../../../src/config/fleet/template.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
import { openPhoneModel, type PhoneModel } from "../../../src/config/open-phone-model.ts";
import { FindingsError } from "../../../src/cwmp/findings.ts";
import { createLayouts } from "../../../src/parameters/layouts.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const GATEWAY = fileURLToPath(new URL("../../../examples/clone/gateway.json", import.meta.url));
const ROUTER = fileURLToPath(new URL("../../../examples/clone/router.xml", import.meta.url));
const WLAN = "InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.";

async function modelWith(t: TestContext, lines: readonly string[], clone = GATEWAY): Promise<PhoneModel> {
  const file = join(await temporaryFolder(t), "config.yaml");
  const head = ["backend: { type: simulated, inMemory: true }", `clone: ${clone}`, "cloneValues:"];
  writeFileSync(file, [...head, ...lines.map((line) => `  ${line}`)].join("\n"));
  return openPhoneModel(loadConfig(file, {}));
}

/** Of one line in the fourth line of a file. */
async function findingsOf(t: TestContext, line: string, clone = GATEWAY): Promise<readonly string[]> {
  try {
    await modelWith(t, [line], clone);
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    return error.findings.map(({ line: at, column, code, message }) => `${at}:${column} ${code} ${message}`);
  }
  return [];
}

const REFUSED: readonly (readonly [value: string, finding: RegExp])[] = [
  [`${WLAN}Chanel: "1"`, /^4:3 CLONE_VALUE .* is not a parameter of the clone; did you mean .*\.1\.Channel\?$/],
  [`${WLAN.replace("WLAN", "WLan")}SSID: x`, /did you mean .*WLANConfiguration\.1\.SSID\?$/],
  [`${WLAN.replace("1.", "7.")}SSID: x`, /did you mean /],
  ["Nothing.Like.It: x", /is not a parameter of the clone$/],
  [`${WLAN}X_Unheard_Of: x`, /is not a parameter of the clone$/],
  ["InternetGatewayDevice.LANDevice.1: x", /is an object of the clone/],
  [`${WLAN}Channel: many`, /Channel must be a whole number from 0 to 4294967295$/],
  [`${WLAN}Channel: "{i}x"`, /must be a whole number/],
  [`${WLAN}SSID: "{j}"`, /^4:\d+ WRONG_VALUE .* has a brace that stands for nothing/],
  [`${WLAN}SSID: [x]`, /must be a text, or a group with a generator/],
  [`${WLAN}KeyPassphrase: hush`, /is a secret/],
  ["InternetGatewayDevice.LANDeviceNumberOfEntries: 3", /counts the rows/],
  ["InternetGatewayDevice.ManagementServer.URL: http://x/", /state it in tr069 or phone/],
  ["InternetGatewayDevice.ManagementServer.PeriodicInformInterval: { generator: uptime }", /state it in tr069/],
  ["InternetGatewayDevice.DeviceInfo.SerialNumber: x", /state it in tr069 or phone/],
  ["InternetGatewayDevice.DeviceInfo.SoftwareVersion: { generator: choice, of: [a, b] }", /state it in tr069 or phone/],
  ["InternetGatewayDevice.DeviceInfo.UpTime: 7", /state a generator/],
  [
    `${WLAN}Channel: { generator: chioce, of: [1] }`,
    /generator must be one of uptime, counter, choice, walk; did you mean choice\?$/,
  ],
  [`${WLAN}Channel: { of: [1] }`, /generator must be one of/],
  [`${WLAN}Channel: { generator: choice }`, /of must be a list of values/],
  [`${WLAN}Channel: { generator: choice, of: [] }`, /of must be a list of values/],
  [`${WLAN}Channel: { generator: choice, of: [1, 6, x] }`, /must be a whole number/],
  [`${WLAN}Enable: { generator: counter }`, /must be true or false/],
  [`${WLAN}Channel: { generator: counter, from: -1 }`, /must be a whole number/],
  [`${WLAN}Channel: { generator: counter, step: 0 }`, /^4:\d+ WRONG_VALUE step must be a whole number from 1/],
  [`${WLAN}Channel: { generator: counter, since: yesterday }`, /since must be a time in UTC/],
  [`${WLAN}Channel: { generator: counter, form: 1 }`, /^4:\d+ UNKNOWN_KEY unknown key form; did you mean from\?$/],
  [`${WLAN}Channel: { generator: walk, from: 9, min: 1, max: 5 }`, /min <= from <= max/],
  [`${WLAN}Channel: { generator: walk, from: 0, min: -5, max: 5 }`, /must be a whole number/],
  [`${WLAN}Channel: { generator: uptime, everySeconds: 1 }`, /unknown key everySeconds/],
];

for (const [line, finding] of REFUSED)
  test(`the value of a clone is refused, and why: ${line}`, async (t) => {
    const findings = await findingsOf(t, line);
    assert.equal(findings.length, 1, findings.join("\n"));
    assert.match(findings[0] ?? "", finding);
    assert.match(findings[0] ?? "", /^4:/);
  });

test("the extremes of a generator have to be values of the parameter where a data model states its range", async (t) => {
  const interval = "Device.X_EXAMPLE_Router.Level";
  const text = `<dm:document xmlns:dm="urn:broadband-forum-org:cwmp:datamodel-1-4"><model name="Device:2.0">
    <object name="Device." access="readOnly" minEntries="1" maxEntries="1"/>
    <object name="Device.X_EXAMPLE_Router." access="readOnly" minEntries="1" maxEntries="1">
      <parameter name="Level" access="readWrite"><syntax><int><range minInclusive="-10" maxInclusive="10" step="2"/></int></syntax></parameter>
    </object></model></dm:document>`;
  const dump = join(await temporaryFolder(t), "model.xml");
  writeFileSync(dump, text);
  const of = (value: string) => findingsOf(t, `${interval}: ${value}`, dump);
  assert.deepEqual(await of("{ generator: walk, from: 0, min: -10, max: 10, step: 4 }"), []);
  assert.deepEqual(await of("{ generator: counter, from: -10, step: 2 }"), []);
  assert.match((await of("{ generator: walk, from: 0, min: -12, max: 10, step: 4 }")).join(), /from -10 to 10/);
  assert.match((await of("{ generator: walk, from: 0, min: -10, max: 10, step: 3 }")).join(), /in steps of 2/);
  assert.match((await of("{ generator: counter, from: 12, step: 2 }")).join(), /from -10 to 10/);
  assert.match((await of("{ generator: counter, step: 1 }")).join(), /in steps of 2/);
  assert.match((await of("12")).join(), /from -10 to 10/);
});

test("every mistake is found in one go, and values without a clone are told", async (t) => {
  const lines = ["Nothing.Like.It: x", `${WLAN}Channel: many`];
  await assert.rejects(
    modelWith(t, lines),
    (error) => error instanceof FindingsError && error.findings.map(({ line }) => line).join() === "4,5",
  );
  const file = join(await temporaryFolder(t), "config.yaml");
  writeFileSync(file, 'cloneValues: { Device.X: "1" }\n');
  const [warning] = loadConfig(file, {}).warnings.filter(({ code }) => code === "NO_CLONE");
  assert.deepEqual([warning?.line, warning?.column], [1, 1]);
});

test("a text is the value at factory state and can still be set; a generator makes the parameter the phone's own", async (t) => {
  const { model, values } = await modelWith(t, [
    `${WLAN}SSID: "home-{i:04}-{group}"`,
    `${WLAN}Channel: 11`,
    `${WLAN}Enable: "0"`,
    `${WLAN}TotalBytesSent: { generator: counter, from: 7 }`,
  ]);
  const { factory } = createLayouts(model, { accounts: 1, accountsFixed: false });
  const facts = ["SSID", "Channel", "Enable", "TotalBytesSent", "KeyPassphrase"].map((name) => {
    const ref = factory.get(`${WLAN}${name}`);
    return [ref?.initial, ref?.def.writable, ref?.def.source.kind];
  });
  assert.deepEqual(facts, [
    ["home-0001-phone", true, "config"],
    ["11", true, "config"],
    ["false", true, "config"],
    ["7", false, "live"],
    ["", true, "config"],
  ]);
  assert.deepEqual(
    [...values.own(templateValues(12, "north", "0c:11:05:00:00:01"))],
    [[`Config.Clone.${WLAN}SSID`, "home-0012-north"]],
  );
  assert.deepEqual([...values.generators.keys()], [`Status.Clone.${WLAN}TotalBytesSent`]);
});

test("what no value is stated for is as the dump says, and shared", async (t) => {
  const { clone, model } = await modelWith(t, ["Device.WiFi.HostName: x"], ROUTER);
  const before = clone?.model.parameters ?? [];
  const changed = model.parameters.filter((def, at) => def !== before[at]).map(({ template }) => template);
  assert.deepEqual(changed, ["Device.WiFi.HostName"]);
});

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chosenExtensions, EXTENSION_NAMES, extensionFile } from "../../src/config/extensions.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { overlayFactory, settingsKeys } from "../../src/config/settings-keys.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { factorySettings } from "../../src/model/factory.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const folder = defaultDataModelFolder();
const pathsWith = (extensions: Parameters<typeof loadDataModel>[1]) =>
  createLayouts(loadDataModel(folder, extensions), { accounts: 3, accountsFixed: false }).factory.refs.map(
    ({ path }) => path,
  );
const base = new Set(pathsWith([]));

test("each file of the folder is an extension, and each extension has a file", () => {
  assert.deepEqual(readdirSync(join(folder, "extensions")).sort(), EXTENSION_NAMES.map(extensionFile).sort());
});

test("all are off by default; the settings and the environment turn single ones on", () => {
  assert.deepEqual(chosenExtensions(loadConfig(null, {}).extensions), []);
  const env = { AKUVOX_CPE_EXTENSION_SCHEDULED_REBOOT: "true" };
  assert.deepEqual(chosenExtensions(loadConfig(null, env).extensions), ["scheduledReboot"]);
});

const ADDED: Readonly<Record<string, readonly string[]>> = {
  deviceSummary: ["Device.DeviceSummary"],
  retryIntervals: ["CWMPRetryMinimumWaitInterval", "CWMPRetryIntervalMultiplier"].map(
    (name) => `Device.ManagementServer.${name}`,
  ),
  scheduledReboot: ["Device.ManagementServer.ScheduleReboot", "Device.ManagementServer.DelayReboot"],
  enableCwmp: ["Device.ManagementServer.EnableCWMP"],
  notificationThrottle: ["Device.ManagementServer.DefaultActiveNotificationThrottle"],
};

for (const name of EXTENSION_NAMES) {
  test(`${name} adds its parameters and nothing else`, () => {
    const added = pathsWith([name]).filter((path) => !base.has(path));
    const below = [...base].filter((path) => path.startsWith("Device.LAN.VoiceService."));
    const expected = ADDED[name] ?? [
      "Device.Services.VoiceServiceNumberOfEntries",
      ...below.map((path) => path.replace("Device.LAN.", "Device.Services.")),
    ];
    assert.deepEqual(added, expected);
  });
}

test("extensions go with a data model of one's own, and a name that both have is one finding", async (t) => {
  const own = await temporaryFolder(t);
  const server = readFileSync(join(folder, "management-server.yaml"), "utf8");
  writeFileSync(join(own, "management-server.yaml"), server);
  const model = loadDataModel(own, ["enableCwmp"]);
  assert.ok(model.parameters.some(({ name }) => name === "EnableCWMP"));
  writeFileSync(join(own, "more.yaml"), readFileSync(join(folder, "extensions", "enable-cwmp.yaml"), "utf8"));
  assert.throws(
    () => loadDataModel(own, ["enableCwmp"]),
    (error) => error instanceof FindingsError && error.findings.map(({ code }) => code).join() === "DUPLICATE_PATH",
  );
});

test("the retry settings are settings of the phone only while an ACS can see them", async (t) => {
  const file = join(await temporaryFolder(t), "config.yaml");
  const KEY = "Config.TR069.ManagementServer.CWMPRetryMinimumWaitInterval";
  for (const on of [false, true]) {
    writeFileSync(file, `retry: { minimumWaitInterval: 60 }\nextensions: { retryIntervals: ${on} }\n`);
    const config = loadConfig(file, {});
    const model = loadDataModel(folder, chosenExtensions(config.extensions));
    assert.equal(settingsKeys(config).get(KEY), on ? "60" : undefined);
    assert.equal(overlayFactory(factorySettings(model, 3), config).get(KEY), on ? "60" : undefined);
  }
});

test("every extension is explained", () => {
  const text = readFileSync(fileURLToPath(new URL("../../docs/extensions.md", import.meta.url)), "utf8");
  for (const name of EXTENSION_NAMES) assert.ok(text.includes(`\`${name}\``), name);
});

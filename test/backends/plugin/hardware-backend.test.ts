import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createHardwareBackend } from "../../../src/backends/plugin/hardware-backend.ts";
import type { PlugInHardware } from "../../../src/backends/plugin/plug-in.ts";
import { failed, refuse } from "../../../src/backends/plugin/plug-in-errors.ts";
import { createFileSettings } from "../../../src/backends/settings/file-settings.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { runBackendContract } from "../contract.ts";
import { FACTORY, LAN, RESTART_KEYS, type TestPhone, testPhone } from "../test-phone.ts";
import { LABEL, LINE_STATE } from "./modules.ts";

const LIVE_KEYS = [LINE_STATE, "Status.Account2.Line.State"];
const RESET = "Action.Account1.Line.Reset";
const OWN_ADDRESS = "Status.Network.LAN.IPAddress";

async function phoneWith(t: TestContext, hardware: PlugInHardware): Promise<TestPhone> {
  const world = { time: createFakeTime(), log: createMemoryLogger() };
  const { clock, scheduler } = world.time;
  const path = join(await temporaryFolder(t), "phone.cfg");
  const backend = createHardwareBackend(hardware, {
    settings: createFileSettings({ path, factory: FACTORY, clock, scheduler, log: world.log }),
    settingKeys: [...FACTORY.keys()],
    restartKeys: RESTART_KEYS,
    liveKeys: LIVE_KEYS,
    actionKeys: [RESET, "Action.Account2.Line.Reset"],
    accounts: 2,
    softwareVersion: "53.0.6.45",
    hardwareVersion: "53.0.0.0",
    host: { upTimeSeconds: () => 4_711, lan: async () => LAN },
    callMs: 10_000,
    scheduler,
    log: world.log,
  });
  return testPhone(world, backend, path);
}

async function started(t: TestContext, hardware: PlugInHardware): Promise<TestPhone> {
  const phone = await phoneWith(t, hardware);
  await phone.start();
  t.after(() => phone.backend.stop());
  return phone;
}

/** What it has been told, in order. */
function recording(): PlugInHardware & { readonly told: string[] } {
  const told: string[] = [];
  const pairs = (changes: ReadonlyMap<string, string>) =>
    [...changes].map(([key, value]) => `${key.split(".").at(-1)}=${value}`);
  return {
    told,
    start: (settings) => void told.push(`start ${settings.size} ${settings.get(LABEL)}`),
    stop: () => void told.push("stop"),
    apply: async (changes) => void told.push(`apply ${pairs(changes).join(" ")}`),
    act: (key) => void told.push(`act ${key}`),
    reboot: async (commandKey) => void told.push(`reboot ${commandKey}`),
    reached: () => void told.push("reached"),
  };
}

runBackendContract("plug-in, hardware with actions alone", (t) => phoneWith(t, { act: () => {} }));

test("a plug-in is told of its settings and of each change once, whoever made it", async (t) => {
  const hardware = recording();
  const phone = await started(t, hardware);
  await phone.write({ [LABEL]: "hall", [RESET]: "1" });
  await phone.write({ [LABEL]: "hall" });
  await phone.edit(LABEL, "door");
  phone.backend.reached?.();
  await phone.time.runUntil(phone.backend.factoryReset());
  await phone.time.advance(1_000);
  await phone.backend.stop();
  await phone.backend.reboot("k");
  await phone.start();
  const all = FACTORY.size;
  assert.deepEqual(hardware.told, [
    `start ${all} desk`,
    "apply Label=hall",
    `act ${RESET}`,
    "apply Label=door",
    "reached",
    "apply Label=desk",
    "stop",
    "reboot k",
    `start ${all} desk`,
  ]);
});

test("its live values come before those of the host, and their changes are reported", async (t) => {
  let values: unknown = { [LINE_STATE]: "Up", [OWN_ADDRESS]: "198.51.100.7" };
  const phone = await started(t, { status: () => values as Record<string, string> });
  assert.equal(await phone.read(OWN_ADDRESS), "198.51.100.7");
  assert.equal(await phone.read("Status.Network.LAN.SubnetMask"), LAN.subnetMask);
  assert.equal(await phone.read("Status.Account2.Line.State"), "Disabled");
  values = new Map([[LINE_STATE, "Error"]]);
  await phone.time.advance(1_100);
  assert.deepEqual(phone.reported, [
    { key: OWN_ADDRESS, before: "198.51.100.7", after: LAN.ipAddress },
    { key: LINE_STATE, before: "Up", after: "Error" },
  ]);
  phone.reported.length = 0;
  for (const wrong of [5, [1], { [LINE_STATE]: 5 }]) {
    values = wrong;
    await phone.time.advance(3_000);
  }
  assert.deepEqual(phone.reported, []);
  assert.equal(await phone.read(LINE_STATE), "Error", "the last good one");
  assert.deepEqual(
    phone.log.at("error").map(({ fields }) => fields.reason),
    [
      "it must answer a Map or an object of texts, not a number",
      "it must answer a Map or an object of texts, not a list",
      `status must answer a text for ${LINE_STATE}, not a number`,
    ],
    "each trouble once",
  );
});

test("a change that the check refuses is not staged, one that cannot be applied is not stored", async (t) => {
  const applied: string[] = [];
  const phone = await started(t, {
    check(changes) {
      if (changes.get(LABEL) === "too long") throw refuse(`${LABEL}: too long`);
    },
    async apply(changes) {
      const label = changes.get(LABEL) ?? "";
      if (label === "broken") throw failed("no bus");
      applied.push(label);
    },
  });
  const before = await readFile(phone.path ?? "", "utf8");
  await assert.rejects(phone.backend.stage(new Map([[LABEL, "too long"]])), {
    code: "BACKEND_REFUSED",
    message: `${LABEL}: too long`,
  });
  await assert.rejects(phone.write({ [LABEL]: "broken" }), { code: "BACKEND_IO", message: "no bus" });
  assert.equal(await readFile(phone.path ?? "", "utf8"), before);
  assert.deepEqual(applied, []);
  await phone.edit(LABEL, "broken");
  assert.equal(phone.log.at("error")[0]?.message, "The phone does not follow a change of its settings");
  await phone.write({ [LABEL]: "hall" });
  assert.deepEqual(applied, ["hall"]);
});

test("a plug-in without a function for actions has none", async (t) => {
  const phone = await started(t, {});
  assert.equal(phone.backend.supports(RESET), false);
  await assert.rejects(async () => phone.write({ [RESET]: "1" }), { code: "BACKEND_REFUSED" });
});

test("live values that do not come hold up neither the start nor the values of the host", async (t) => {
  const phone = await started(t, { status: () => new Promise<never>(() => {}) });
  assert.equal(await phone.read(OWN_ADDRESS), LAN.ipAddress);
  assert.equal(phone.log.at("error")[0]?.fields.reason, "status takes longer than 10 seconds");
});

/** What proves a change of the network, what does not, and what is never tried. */
import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { AgentError } from "../../../src/cwmp/errors.ts";
import type { PhoneStorage } from "../../../src/ports/phone-storage.ts";
import { spreadable } from "../../helpers/spreadable.ts";
import {
  ACS_KEYS,
  ADDRESS,
  cut,
  FILE,
  journal,
  linuxPhone,
  rebooted,
  STATIC,
  started,
  TYPE,
  WITH_ACS,
  withStaticAddress,
} from "./linux-phone.ts";

test("a session proves what the host does, not what it has stored for the next restart", async (t) => {
  const phone = await withStaticAddress(t);
  await phone.write({ "Config.Network.LAN.DefaultGateway": "192.0.2.200" });
  phone.backend.reached?.();
  await phone.time.advance(1_000);
  assert.equal((await journal(phone)).confirmed.gateway, "192.0.2.1");
  await rebooted(phone);
  assert.match((await phone.networkFile()) ?? "", /Gateway=192\.0\.2\.200/);
  await phone.time.advance(121_000);
  assert.equal(await phone.networkFile(), FILE);
  assert.equal(await phone.read("Config.Network.LAN.DefaultGateway"), "192.0.2.1", "settings and file agree");
});

test("a network file that cannot be written takes the settings back at once, with nothing left to do", async (t) => {
  const phone = await linuxPhone(t);
  // As on a file system that is read-only: nothing is there, and nothing can be made.
  await symlink("/proc/no/such/folder", join(phone.root, "etc/network"));
  await phone.start();
  t.after(() => phone.backend.stop());
  await phone.write(STATIC);
  await rebooted(phone);
  assert.deepEqual([await phone.read(TYPE), await phone.read(ADDRESS)], ["0", ""]);
  assert.equal((await journal(phone)).pending, null);
  assert.match(JSON.stringify(phone.log.at("error")), /05-akuvox-cpe\.network/);
});

for (const [what, settings] of [
  ["TR-069 is off", { [ACS_KEYS.enable]: "0" }],
  ["there is no URL", { [ACS_KEYS.url]: "" }],
] as const) {
  const factory = new Map([...WITH_ACS, ...Object.entries(settings)]);
  test(`where ${what} nobody is waited for: a change stays when its address is there`, async (t) => {
    const phone = await withStaticAddress(t, { factory });
    await phone.time.advance(121_000);
    assert.equal(await phone.networkFile(), FILE);
    assert.equal((await journal(phone)).pending, null);
    assert.equal(await phone.read(ADDRESS), "192.0.2.77");
  });
  test(`where ${what} an address that does not come up is taken back all the same`, async (t) => {
    const phone = await withStaticAddress(t, { factory, address: "192.0.2.50" });
    await phone.time.advance(121_000);
    assert.equal(await phone.networkFile(), null);
    assert.equal(await phone.read(TYPE), "0");
  });
}

test("a proof that is being stored when its time is up counts", async (t) => {
  const saving = { hold: false, goOn: () => {} };
  const held = new Promise<void>((resolve) => {
    saving.goOn = resolve;
  });
  const wrapStorage = (storage: PhoneStorage): PhoneStorage => ({
    ...spreadable(storage),
    async save(name, content) {
      if (saving.hold) await held;
      await storage.save(name, content);
    },
  });
  const phone = await withStaticAddress(t, { wrapStorage });
  saving.hold = true;
  phone.backend.reached?.();
  await phone.time.advance(121_000);
  saving.goOn();
  await phone.time.advance(1_000);
  assert.equal(await phone.networkFile(), FILE);
  assert.deepEqual(phone.log.at("error"), []);
});

test("a full disk does not keep the phone away from its ACS: the host goes back first, the settings when they can", async (t) => {
  const disk = { full: false };
  const whenFree = async (): Promise<void> => {
    if (disk.full) throw new AgentError("BACKEND_IO", "the disk is full");
  };
  const phone = await withStaticAddress(t, {
    wrapStorage: (storage) => ({
      ...spreadable(storage),
      save: async (name, content) => {
        await whenFree();
        await storage.save(name, content);
      },
    }),
    wrapSettings: (settings) => ({
      ...spreadable(settings),
      stage: (changes) => {
        const staged = settings.stage(changes);
        return { apply: async () => whenFree().then(() => staged.apply()) };
      },
    }),
  });
  disk.full = true;
  await phone.time.advance(121_000);
  assert.deepEqual([await phone.networkFile(), await phone.hostNetwork()], [null, null]);
  const ran = phone.ran.length;
  await phone.time.advance(180_000);
  assert.equal(await phone.read(TYPE), "2");
  assert.equal(phone.ran.length, ran, "the network is not shaken again for it");
  disk.full = false;
  await phone.time.advance(61_000);
  assert.equal(await phone.read(TYPE), "0");
  assert.equal((await journal(phone)).pending, null);
});

test("a host that will not reboot for a roll-back is asked again", async (t) => {
  const own = { refuses: false };
  const run = async (): Promise<void> => {
    if (own.refuses) throw new AgentError("BACKEND_IO", "exit code 1");
  };
  const phone = await started(t, { run, network: { activateCommand: null } });
  await phone.write(STATIC);
  const later = await cut(t, phone, { rebootCommand: ["restart-host"] });
  own.refuses = true;
  await later.time.advance(121_000);
  assert.equal(await later.networkFile(), null);
  own.refuses = false;
  await later.time.advance(61_000);
  assert.equal(await later.hostNetwork(), null);
  assert.equal((await journal(later)).pending, null);
});

for (const [what, change] of [
  ["the network's own", { [ADDRESS]: "192.0.2.0" }],
  ["the network's broadcast", { [ADDRESS]: "192.0.2.255" }],
  ["the gateway's", { [ADDRESS]: "192.0.2.1" }],
] as const) {
  test(`an address that no phone can have (${what}) never reaches the host, and the settings are taken back`, async (t) => {
    const phone = await started(t);
    await phone.write({ ...STATIC, ...change });
    await rebooted(phone);
    assert.equal(await phone.networkFile(), null);
    assert.equal(await phone.read(TYPE), "0");
  });
}

test("a line to one other machine has no broadcast: both of its addresses can be a phone's", async (t) => {
  const phone = await started(t);
  const pair = {
    "Config.Network.LAN.SubnetMask": "255.255.255.254",
    "Config.Network.LAN.DefaultGateway": "192.0.2.76",
  };
  await phone.write({ ...STATIC, ...pair });
  await rebooted(phone);
  assert.match((await phone.networkFile()) ?? "", /^Address=192\.0\.2\.77\/31$/m);
});

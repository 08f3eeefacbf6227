import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { AgentError } from "../../../src/cwmp/errors.ts";
import type { PhoneStorage } from "../../../src/ports/phone-storage.ts";
import { spreadable } from "../../helpers/spreadable.ts";
import { FACTORY } from "../test-phone.ts";
import {
  ADDRESS,
  cut,
  FILE,
  journal,
  type LinuxPhone,
  linuxPhone,
  MARK,
  put,
  rebooted,
  STATIC,
  started,
  TYPE,
  WITH_ACS,
  withStaticAddress,
} from "./linux-phone.ts";

const OLD = `${MARK}[Match]\nName=eth0\n\n[Network]\nDHCP=ipv4\n`;

test("a static address is written and activated with the restart, and stays once the ACS was reached", async (t) => {
  const phone = await withStaticAddress(t);
  assert.equal(await phone.networkFile(), FILE);
  assert.equal(phone.ran.length, 1);
  assert.equal(await phone.read("Status.Network.LAN.IPAddress"), "192.0.2.77");
  phone.backend.reached?.();
  await phone.time.advance(1_000_000);
  assert.equal(await phone.networkFile(), FILE);
  assert.equal(await phone.read(ADDRESS), "192.0.2.77");
  assert.equal((await journal(phone)).pending, null);
  await rebooted(phone);
  assert.equal(phone.ran.length, 1, "what is as it should be is not activated again");
});

test("an ACS that is not reached brings back file, settings and address, and the change is reported", async (t) => {
  const phone = await withStaticAddress(t);
  await phone.time.advance(119_000);
  assert.equal(await phone.read(TYPE), "2");
  await phone.time.advance(2_000);
  assert.equal(await phone.networkFile(), null);
  assert.deepEqual([await phone.read(TYPE), await phone.read(ADDRESS)], ["0", ""]);
  assert.equal(phone.ran.length, 2);
  assert.ok(phone.reported.some(({ key, before, after }) => key === TYPE && before === "2" && after === "0"));
  assert.match(phone.log.at("error")[0]?.message ?? "", /rolled back/);
  assert.equal((await journal(phone)).pending, null);
  assert.equal(await phone.write({ "Config.Account1.GENERAL.Label": "x", [TYPE]: "0" }), "applied");
});

test("a file that others have written is put back as it was", async (t) => {
  const foreign = "[Match]\nName=eth0\n[Network]\nAddress=192.0.2.50/24\n";
  const phone = await linuxPhone(t);
  await put(phone.root, "etc/network/05-akuvox-cpe.network", foreign);
  await phone.start();
  t.after(() => phone.backend.stop());
  await rebooted(phone);
  assert.equal(await phone.networkFile(), foreign, "DHCP of the factory is no reason to take over");
  await phone.write(STATIC);
  await rebooted(phone);
  assert.equal(await phone.networkFile(), FILE);
  await phone.time.advance(121_000);
  assert.equal(await phone.networkFile(), foreign);
});

test("a session by the old address proves nothing", async (t) => {
  const phone = await withStaticAddress(t, { address: "192.0.2.50" });
  phone.backend.reached?.();
  await phone.time.advance(121_000);
  assert.equal(await phone.networkFile(), null);
});

test("back to DHCP is a change like another, with the confirmed address to return to", async (t) => {
  const phone = await withStaticAddress(t);
  phone.backend.reached?.();
  await phone.time.advance(1_000);
  await phone.write({ [TYPE]: "0" });
  await rebooted(phone);
  assert.equal(await phone.networkFile(), OLD);
  await phone.time.advance(130_000);
  assert.equal(await phone.networkFile(), FILE);
  assert.equal(await phone.read(TYPE), "2");
});

test("an activation that fails is taken back at once, and the host is asked until it follows", async (t) => {
  let failures = 3;
  const run = async (): Promise<void> => {
    if (failures-- > 0) throw new AgentError("BACKEND_IO", "exit code 1");
  };
  const phone = await started(t, { run });
  await phone.write(STATIC);
  await rebooted(phone);
  assert.equal(await phone.networkFile(), null);
  assert.equal(await phone.read(TYPE), "0");
  assert.equal((await journal(phone)).pending?.rollingBack, true, "it is not forgotten before the host follows");
  await phone.time.advance(60_000);
  assert.equal((await journal(phone)).pending, null);
  assert.equal(phone.ran.length, 4);
});

test("an address that never appears holds up the restart for a quarter of a minute, not longer", async (t) => {
  const phone = await started(t, { address: "192.0.2.50" });
  await phone.write(STATIC);
  await phone.backend.stop();
  const beforeMs = phone.time.clock.monotonic();
  await phone.time.runUntil(phone.backend.reboot("key"));
  assert.equal(phone.time.clock.monotonic() - beforeMs, 15_000);
});

test("ifupdown has its own form of the file", async (t) => {
  const phone = await withStaticAddress(t, { network: { kind: "ifupdown" } });
  assert.equal(
    await phone.networkFile(),
    `${MARK}auto eth0\niface eth0 inet static\n    address 192.0.2.77\n    netmask 255.255.255.0\n    gateway 192.0.2.1\n    dns-nameservers 192.0.2.2\n`,
  );
});

for (const [key, value] of [
  [ADDRESS, "192.0.2.7\nGateway=1.2.3.4"],
  [ADDRESS, "192.0.2.7/8"],
  ["Config.Network.LAN.SubnetMask", "255.0.255.0"],
  ["Config.Network.LAN.SubnetMask", "0.0.0.0"],
  ["Config.Network.LAN.PrimaryDNS", "1.1.1.1 [Route]"],
  ["Config.Network.LAN.DefaultGateway", "gateway # x"],
  [ADDRESS, "2001:db8::1"],
  [ADDRESS, "224.0.0.1"],
  [ADDRESS, "127.0.0.1"],
  ["Config.Network.LAN.DefaultGateway", "0.0.0.0"],
] as const) {
  test(`a value that is no address is refused: ${key.split(".").at(-1)} ${JSON.stringify(value)}`, async (t) => {
    const phone = await started(t);
    await assert.rejects(phone.write({ [key]: value }), { code: "BACKEND_REFUSED", faultCode: 9007, keys: [key] });
  });
  test(`a hand edit that is no address never reaches the host: ${JSON.stringify(value)}`, async (t) => {
    const phone = await started(t);
    await phone.write(STATIC);
    await phone.backend.stop();
    await writeFile(
      phone.path,
      (await readFile(phone.path, "utf8")).replace(
        new RegExp(`^(${key} *= *).*$`, "m"),
        `$1${value.replace("\n", " ")}`,
      ),
    );
    const later = await phone.afterPowerCut();
    await later.start();
    t.after(() => later.backend.stop());
    assert.equal(await later.networkFile(), null);
    assert.equal(await later.read(TYPE), "0");
  });
}

test("a gateway outside of the phone's network is not tried: it would lock the phone out", async (t) => {
  const phone = await withStaticAddress(t);
  await phone.write({ "Config.Network.LAN.DefaultGateway": "198.51.100.1" });
  await rebooted(phone);
  assert.equal(await phone.networkFile(), null);
  assert.match(JSON.stringify(phone.log.at("error")), /is not in the network of/);
});

test("a change that was stored, and the power went before the restart, is made and watched at the next start", async (t) => {
  const first = await started(t);
  await first.write(STATIC);
  const phone = await cut(t, first);
  assert.equal(await phone.networkFile(), FILE);
  await phone.time.advance(121_000);
  assert.equal(await phone.networkFile(), null);
});

test("a power cut while the ACS is awaited starts the wait again; the third start takes the change back", async (t) => {
  let phone = await withStaticAddress(t);
  phone = await cut(t, phone);
  await phone.time.advance(100_000);
  assert.equal(await phone.read(TYPE), "2");
  phone = await cut(t, phone);
  assert.equal(await phone.networkFile(), null);
  assert.equal(await phone.read(TYPE), "0");
});

test("after a power cut the ACS can confirm as well", async (t) => {
  const phone = await cut(t, await withStaticAddress(t));
  phone.backend.reached?.();
  await phone.time.advance(500_000);
  assert.equal(await phone.networkFile(), FILE);
});

/** Every durable step of a roll-back, cut before it and after it. */
for (let step = 1; step <= 6; step++) {
  test(`a power cut at step ${step} of the roll-back leaves nothing half done after the next start`, async (t) => {
    let steps = Number.POSITIVE_INFINITY;
    const fail = async (): Promise<void> => {
      if (steps-- <= 0) throw new Error("the power is off");
    };
    const wrapStorage = (storage: PhoneStorage): PhoneStorage => ({
      ...spreadable(storage),
      async save(name, content) {
        await fail();
        await storage.save(name, content);
        await fail();
      },
    });
    const phone = await withStaticAddress(t, { wrapStorage });
    steps = step - 1;
    await phone.time.advance(121_000);
    await phone.backend.stop();
    steps = Number.POSITIVE_INFINITY;
    const later = await phone.afterPowerCut();
    await later.start();
    t.after(() => later.backend.stop());
    await later.time.advance(200_000);
    assert.equal(await later.networkFile(), null);
    assert.deepEqual([await later.read(TYPE), await later.read(ADDRESS)], ["0", ""]);
    assert.equal((await journal(later)).pending, null);
  });
}

test("without an activation the roll-back ends with the reboot command, and is done before that", async (t) => {
  const records: unknown[] = [];
  const own: { phone: LinuxPhone | null } = { phone: null };
  const run = async (): Promise<void> => {
    if (own.phone !== null) records.push((await journal(own.phone)).pending);
  };
  const phone = await started(t, { run, network: { activateCommand: null } });
  own.phone = phone;
  await phone.write(STATIC);
  const later = await cut(t, phone, { rebootCommand: ["restart-host"] });
  assert.deepEqual(later.ran, ["restart-host"], "what is stored and not yet in the file is brought there at a start");
  await later.time.advance(121_000);
  assert.equal(await later.networkFile(), null);
  assert.deepEqual(later.ran, ["restart-host", "restart-host"]);
  assert.equal(records.at(-1), null);
});

test("a record that cannot be read is begun anew, and said", async (t) => {
  const phone = await linuxPhone(t);
  await writeFile(`${phone.path}.network`, "{");
  await phone.start();
  t.after(() => phone.backend.stop());
  assert.match(phone.log.at("error")[0]?.message ?? "", /cannot be read and is reset/);
  assert.equal((await journal(phone)).confirmed.type, FACTORY.get(TYPE));
});

test("a second change before the first is confirmed goes back to where both began", async (t) => {
  const phone = await withStaticAddress(t);
  await phone.write({ [ADDRESS]: "192.0.2.78" });
  await rebooted(phone);
  assert.match((await phone.networkFile()) ?? "", /192\.0\.2\.78/);
  await phone.time.advance(140_000);
  assert.equal(await phone.networkFile(), null);
  assert.equal(await phone.read(TYPE), "0");
});

test("a phone that was static before anybody looked goes back to what its host did, and says DHCP", async (t) => {
  const phone = await started(t, { factory: new Map([...WITH_ACS, ...Object.entries(STATIC)]) });
  assert.equal(await phone.networkFile(), FILE);
  await phone.time.advance(140_000);
  assert.equal(await phone.networkFile(), null);
  assert.equal(await phone.read(TYPE), "0");
});

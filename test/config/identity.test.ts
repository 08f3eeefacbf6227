import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { phoneIdentity } from "../../src/config/identity.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const HOST = { name: "phone-1", mac: "02:42:AC:11:00:02" };

test("C-084 a phone on this host takes its MAC and serial number from the network interface", () => {
  assert.deepEqual(phoneIdentity(loadConfig(null, {}), HOST), {
    manufacturer: "Akuvox",
    oui: "0C1105",
    modelName: "SP-R53P",
    productClass: "SP-R53P",
    serialNumber: "0242AC110002",
    mac: "02:42:ac:11:00:02",
  });
});

test("so does every phone that is not simulated", async (t) => {
  const file = join(await temporaryFolder(t), "config.yaml");
  for (const backend of ["type: linux", "type: hooks, read: [./read]"]) {
    await writeFile(file, `backend: { ${backend} }`);
    assert.equal(phoneIdentity(loadConfig(file, {}), HOST).serialNumber, "0242AC110002", backend);
  }
});

test("what the settings say comes first", () => {
  const config = loadConfig(null, {
    AKUVOX_CPE_MAC: "0C-11-05-00-00-01",
    AKUVOX_CPE_SERIAL_NUMBER: "P1U9",
    AKUVOX_CPE_MODEL: "SP-R67G",
  });
  const { mac, serialNumber, productClass } = phoneIdentity(config, HOST);
  assert.deepEqual(
    { mac, serialNumber, productClass },
    { mac: "0c:11:05:00:00:01", serialNumber: "P1U9", productClass: "SP-R67G" },
  );
});

test("simulated phones on hosts of different names differ, and each stays the same", () => {
  const config = loadConfig(null, { AKUVOX_CPE_BACKEND: "simulated" });
  const macs = ["phone-1", "phone-2", "phone-1"].map((name) => phoneIdentity(config, { ...HOST, name }).mac);
  assert.match(macs[0] ?? "", /^0c:11:05(:[0-9a-f]{2}){3}$/);
  assert.notEqual(macs[0], macs[1]);
  assert.equal(macs[0], macs[2]);
});

test("a host without a network interface gets a MAC made from its name", () => {
  for (const mac of ["", "00:00:00:00:00:00"]) {
    assert.match(phoneIdentity(loadConfig(null, {}), { name: "phone-1", mac }).mac, /^0c:11:05:/);
  }
});

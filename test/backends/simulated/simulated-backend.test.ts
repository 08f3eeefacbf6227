import assert from "node:assert/strict";
import { test } from "node:test";
import { LAN, simulatedInMemory, simulatedWithFile, type TestPhone } from "../test-phone.ts";

const STATE = "Status.Account1.Line.State";
const ACCOUNT = {
  "Config.Account1.GENERAL.Enable": "1",
  "Config.Account1.GENERAL.UserName": "1001",
  "Config.Account1.SIP.Server": "pbx.example.com",
};
const STATIC = {
  "Config.Network.LAN.Type": "2",
  "Config.Network.LAN.StaticIP": "192.0.2.77",
  "Config.Network.LAN.SubnetMask": "255.255.0.0",
};

async function startedPhone(): Promise<TestPhone> {
  const phone = await simulatedInMemory();
  await phone.start();
  return phone;
}

const states = (phone: TestPhone) =>
  phone.reported.filter(({ key }) => key === STATE).map(({ before, after }) => `${before} → ${after}`);

test("a provisioned account registers, and is up within two seconds", async () => {
  const phone = await startedPhone();
  await phone.write(ACCOUNT);
  assert.equal(await phone.read(STATE), "Registering");
  await phone.time.advance(400);
  assert.equal(await phone.read(STATE), "Registering");
  await phone.time.advance(1_600);
  assert.equal(await phone.read(STATE), "Up");
  assert.deepEqual(states(phone), ["Disabled → Registering", "Registering → Up"]);
});

test("an account that is on but lacks its server or user name is in error", async () => {
  const phone = await startedPhone();
  await phone.write({ "Config.Account1.GENERAL.Enable": "1", "Config.Account1.SIP.Server": "pbx" });
  await phone.time.advance(5_000);
  assert.equal(await phone.read(STATE), "Error");
  await phone.write({ "Config.Account1.GENERAL.UserName": "1001" });
  await phone.time.advance(5_000);
  assert.equal(await phone.read(STATE), "Up");
});

test("other credentials make a line register again, another label does not", async () => {
  const phone = await startedPhone();
  await phone.write(ACCOUNT);
  await phone.time.advance(5_000);
  await phone.write({ "Config.Account1.GENERAL.Label": "hall" });
  assert.equal(await phone.read(STATE), "Up");
  await phone.write({ "Config.Account1.GENERAL.Pwd": "other" });
  assert.equal(await phone.read(STATE), "Registering");
});

test("an account that is switched off while it registers stays off", async () => {
  const phone = await startedPhone();
  await phone.write(ACCOUNT);
  await phone.write({ "Config.Account1.GENERAL.Enable": "0" });
  await phone.time.advance(5_000);
  assert.equal(await phone.read(STATE), "Disabled");
  assert.deepEqual(states(phone), ["Disabled → Registering", "Registering → Disabled"]);
});

test("a reset registers the line again, a reset that is false does not", async () => {
  const phone = await startedPhone();
  await phone.write(ACCOUNT);
  await phone.time.advance(5_000);
  await phone.write({ "Action.Account1.Line.Reset": "0" });
  assert.equal(await phone.read(STATE), "Up");
  phone.reported.length = 0;
  await phone.write({ "Action.Account1.Line.Reset": "1" });
  await phone.time.advance(5_000);
  assert.deepEqual(states(phone), ["Up → Registering", "Registering → Up"]);
});

test("lines stand in no order: the moment differs, and is the same in every run", async () => {
  const upAtMs = async () => {
    const phone = await startedPhone();
    await phone.write(ACCOUNT);
    await phone.write({
      "Config.Account2.GENERAL.Enable": "1",
      "Config.Account2.GENERAL.UserName": "1002",
      "Config.Account2.SIP.Server": "pbx",
    });
    return phone.time.pendingTimers().map(({ dueMs }) => dueMs);
  };
  const [first, second] = await upAtMs();
  assert.notEqual(first, second);
  assert.deepEqual(await upAtMs(), [first, second]);
});

test("a reboot takes its time, resets the lines and starts the up time anew", async () => {
  const phone = await startedPhone();
  await phone.write(ACCOUNT);
  await phone.time.advance(100_000);
  assert.equal(await phone.read("Status.Phone.General.UpTime"), "100");
  let isUp = false;
  const rebooted = phone.backend.reboot("key").then(() => {
    isUp = true;
  });
  await phone.time.advance(4_999);
  assert.deepEqual([isUp, await phone.read(STATE)], [false, "Initializing"]);
  await phone.time.advance(1);
  await rebooted;
  assert.equal(await phone.read("Status.Phone.General.UpTime"), "0");
  assert.equal(await phone.read(STATE), "Registering");
  await phone.time.advance(2_000);
  assert.equal(await phone.read(STATE), "Up");
});

test("a phone that is stopped while it reboots does not come up", async () => {
  const phone = await startedPhone();
  await phone.write(ACCOUNT);
  const rebooted = phone.backend.reboot("key");
  await phone.backend.stop();
  await rebooted;
  assert.deepEqual(phone.time.pendingTimers(), []);
  assert.equal(await phone.read(STATE), "Initializing");
});

test("DHCP gives the addresses; static ones come into force with a reboot", async () => {
  const phone = await startedPhone();
  assert.equal(await phone.read("Status.Network.LAN.IPAddress"), LAN.ipAddress);
  assert.equal(await phone.write(STATIC), "needs-reboot");
  assert.equal(await phone.read("Status.Network.LAN.IPAddress"), LAN.ipAddress);
  assert.deepEqual(phone.reported, []);
  await phone.time.runUntil(phone.backend.reboot("key"));
  assert.equal(await phone.read("Status.Network.LAN.IPAddress"), "192.0.2.77");
  assert.equal(await phone.read("Status.Network.LAN.MACAddress"), LAN.macAddress);
  assert.deepEqual(phone.reported.slice(0, 2), [
    { key: "Status.Network.LAN.IPAddress", before: "192.0.2.50", after: "192.0.2.77" },
    { key: "Status.Network.LAN.SubnetMask", before: "255.255.255.0", after: "255.255.0.0" },
  ]);
});

test("a hand edit works on the phone as a provisioned value does", async (t) => {
  const phone = await simulatedWithFile(t);
  await phone.start();
  t.after(() => phone.backend.stop());
  await phone.write({ ...ACCOUNT, "Config.Account1.GENERAL.Enable": "0" });
  await phone.edit("Config.Account1.GENERAL.Enable", "1");
  await phone.time.advance(2_000);
  assert.equal(await phone.read(STATE), "Up");
  assert.deepEqual(phone.reported[0], { key: "Config.Account1.GENERAL.Enable", before: "0", after: "1" });
  await phone.edit("Config.Network.LAN.Type", "2");
  assert.equal(await phone.read("Status.Network.LAN.IPAddress"), LAN.ipAddress);
});

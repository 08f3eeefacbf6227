import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { FACTORY, type PhoneFactory, type TestPhone } from "./test-phone.ts";

const LABEL = "Config.Account1.GENERAL.Label";
const ENABLE = "Config.Account1.GENERAL.Enable";
const RING = "Config.Voice.AUDIO.RingVol";

/** What the agent relies on, whatever the phone is. */
export function runBackendContract(name: string, makePhone: PhoneFactory): void {
  const contract = (behaviour: string, prove: (phone: TestPhone, t: TestContext) => Promise<void>) =>
    test(`${name}: ${behaviour}`, async (t) => {
      const phone = await makePhone(t);
      await phone.start();
      t.after(() => phone.backend.stop());
      await prove(phone, t);
    });

  contract("has the settings of the data model, live values and actions, and no other keys", async ({ backend }) => {
    for (const key of [...FACTORY.keys(), ...LIVE_KEYS, "Action.Account2.Line.Reset"])
      assert.ok(backend.supports(key), key);
    const others = ["Config.Own.THING.Item", "Status.Account3.Line.State", "Action.Account3.Line.Reset", "Status.Own"];
    for (const key of others) assert.ok(!backend.supports(key), key);
  });

  contract("starts with the factory settings and a value for every live key", async ({ backend }) => {
    assert.deepEqual(await backend.read([...FACTORY.keys()]), new Map(FACTORY));
    assert.deepEqual([...(await backend.read(LIVE_KEYS)).keys()], LIVE_KEYS);
  });

  contract("leaves out of an answer what is not there", async ({ backend }) => {
    const found = await backend.read([LABEL, "Config.Own.THING.Item", "Action.Account1.Line.Reset"]);
    assert.deepEqual([...found], [[LABEL, "desk"]]);
  });

  contract("stage touches nothing, apply keeps all of it and reports none of it", async (phone) => {
    const staged = await phone.backend.stage(
      new Map([
        [LABEL, "hall ☎ # 1"],
        [ENABLE, ""],
      ]),
    );
    await phone.time.advance(3_000);
    assert.equal(await phone.read(LABEL), "desk");
    assert.equal(await phone.time.runUntil(staged.apply()), "applied");
    await phone.time.advance(3_000);
    assert.deepEqual([await phone.read(LABEL), await phone.read(ENABLE)], ["hall ☎ # 1", ""]);
    assert.deepEqual(
      phone.reported.filter(({ key }) => key.startsWith("Config.")),
      [],
    );
  });

  contract("a discarded change is not made", async (phone) => {
    const staged = await phone.backend.stage(new Map([[LABEL, "hall"]]));
    await staged.discard();
    await phone.time.advance(3_000);
    assert.equal(await phone.read(LABEL), "desk");
  });

  contract("the same change may be applied again", async (phone) => {
    for (let count = 0; count < 2; count++) assert.equal(await phone.write({ [LABEL]: "hall" }), "applied");
    assert.equal(await phone.read(LABEL), "hall");
  });

  for (const [what, key, value] of [
    ["a key that no AutoP file holds", "Own.THING.Item", "1"],
    ["a value with a line break", LABEL, "hunter\n2"],
    ["a value with a blank at its end", LABEL, "hunter2 "],
    ["a live value", "Status.Account1.Line.State", "Up"],
    ["an action that it does not have", "Action.Account9.Line.Reset", "1"],
  ] as const) {
    contract(`refuses ${what}, with all that is staged beside it`, async (phone) => {
      await assert.rejects(
        async () =>
          phone.backend.stage(
            new Map([
              [ENABLE, "1"],
              [key, value],
            ]),
          ),
        (error) =>
          isAgentError(error, "BACKEND_REFUSED") && error.message.startsWith(key) && !error.message.includes("hunter"),
      );
      assert.equal(await phone.read(ENABLE), "0");
    });
  }

  contract("keeps a setting that the data model lacks: firmware may know it", async (phone) => {
    await phone.write({ "Config.Own.THING.Item": "1" });
    assert.equal(await phone.read("Config.Own.THING.Item"), "1");
  });

  contract("C-130 says that a restart is needed as long as the value is not in force", async (phone) => {
    assert.equal(await phone.write({ [RING]: "8", [LABEL]: "x" }), "applied");
    assert.equal(await phone.write({ [RING]: "9" }), "needs-reboot");
    assert.equal(await phone.write({ [RING]: "9" }), "needs-reboot");
    assert.equal(await phone.write({ [LABEL]: "y" }), "applied");
    assert.equal(await phone.write({ [RING]: "8" }), "applied");
    assert.equal(await phone.write({ [RING]: "9" }), "needs-reboot");
    await phone.time.runUntil(phone.backend.reboot("key"));
    assert.equal(await phone.write({ [RING]: "9" }), "applied");
  });

  contract("settings outlive a reboot", async (phone) => {
    await phone.write({ [LABEL]: "hall" });
    await phone.time.runUntil(phone.backend.reboot("key"));
    assert.equal(await phone.read(LABEL), "hall");
  });

  contract("a factory reset brings the factory settings back and reports none of them", async (phone) => {
    await phone.write({ [LABEL]: "hall", "Config.Account1.GENERAL.Pwd": "secret" });
    await phone.time.runUntil(phone.backend.factoryReset());
    await phone.time.advance(3_000);
    assert.deepEqual(await phone.backend.read([...FACTORY.keys()]), new Map(FACTORY));
    assert.deepEqual(
      phone.reported.filter(({ key }) => key.startsWith("Config.")),
      [],
    );
  });

  contract("an action is done, not kept, and asks for nothing when it is false", async (phone) => {
    assert.equal(await phone.write({ "Action.Account1.Line.Reset": "1", [LABEL]: "hall" }), "applied");
    assert.equal(await phone.write({ "Action.Account1.Line.Reset": "false" }), "applied");
    assert.equal(await phone.read("Action.Account1.Line.Reset"), undefined);
    assert.equal(await phone.read(LABEL), "hall");
  });

  contract("a line whose account is off is disabled", async (phone) => {
    assert.equal(await phone.read("Status.Account1.Line.State"), "Disabled");
    await phone.write({ [ENABLE]: "1" });
    assert.notEqual(await phone.read("Status.Account1.Line.State"), "Disabled");
    await phone.write({ [ENABLE]: "0" });
    assert.equal(await phone.read("Status.Account1.Line.State"), "Disabled");
  });

  contract("may be stopped and started again, with its settings", async (phone) => {
    await phone.write({ [LABEL]: "hall" });
    await phone.backend.stop();
    await phone.start();
    await phone.write({ [ENABLE]: "1" });
    assert.equal(await phone.read(LABEL), "hall");
    assert.notEqual(await phone.read("Status.Account1.Line.State"), "Disabled");
    await phone.time.runUntil(phone.backend.reboot("key"));
    assert.notEqual(await phone.read("Status.Account1.Line.State"), "Disabled");
  });

  contract("reports nothing and leaves no timer once it has stopped", async (phone) => {
    await phone.write({ [ENABLE]: "1" });
    await phone.backend.stop();
    phone.reported.length = 0;
    await phone.time.advance(10_000);
    assert.deepEqual(phone.reported, []);
    assert.deepEqual(phone.time.pendingTimers(), []);
  });
}

const LIVE_KEYS = [
  "Status.Phone.General.UpTime",
  "Status.Phone.General.SoftwareVersion",
  "Status.Phone.General.HardwareVersion",
  "Status.Network.LAN.IPAddress",
  "Status.Network.LAN.SubnetMask",
  "Status.Network.LAN.DefaultGateway",
  "Status.Network.LAN.PrimaryDNS",
  "Status.Network.LAN.SecondaryDNS",
  "Status.Network.LAN.MACAddress",
  "Status.Account1.Line.State",
  "Status.Account2.Line.State",
];

import assert from "node:assert/strict";
import test from "node:test";
import { expandKey, instanceNumbersOf, instantiate, isKeyTemplate, tablesOfKey } from "../../src/model/key-template.ts";

test("a key template takes the rows of its tables, less one where the phone counts from 0", () => {
  const rows = new Map([
    ["VoiceProfile", 3],
    ["List", 10],
  ]);
  assert.equal(expandKey("Config.Account{VoiceProfile}.Audio{List-1}.Enable", rows), "Config.Account3.Audio9.Enable");
  assert.equal(expandKey("Config.Voice.JITTER.Min", rows), "Config.Voice.JITTER.Min");
});

test("a key template without the row of its table is a mistake of the program", () => {
  assert.throws(() => expandKey("Config.Account{VoiceProfile}.SIP.Port", new Map()), /row of table VoiceProfile/);
});

test("the tables of a key", () => {
  assert.deepEqual(tablesOfKey("Config.Account{VoiceProfile}.Audio{List-1}.Enable"), ["VoiceProfile", "List"]);
});

test("keys have the shape of their kind", () => {
  assert.ok(isKeyTemplate("Config.Account{VoiceProfile}.Audio{List-1}.Enable", "Config"));
  assert.ok(isKeyTemplate("Status.Phone.General.UpTime", "Status"));
  for (const bad of [
    "Config.A.B",
    "Config.A.B.C.D",
    "config.A.B.C",
    "Config.A.B.C D",
    "Config.A.{}.C",
    "Config.A.{B.C",
    "",
  ]) {
    assert.ok(!isKeyTemplate(bad, "Config"), bad);
  }
});

test("instance numbers go into a path and come out again", () => {
  const template = "Device.LAN.VoiceService.{i}.VoiceProfile.{i}.Line.{i}.Enable";
  const path = "Device.LAN.VoiceService.1.VoiceProfile.12.Line.1.Enable";
  assert.equal(instantiate(template, [1, 12, 1]), path);
  assert.deepEqual(instanceNumbersOf(template, path), [1, 12, 1]);
  assert.deepEqual(instanceNumbersOf("Device.LAN.IPAddress", "Device.LAN.IPAddress"), []);
});

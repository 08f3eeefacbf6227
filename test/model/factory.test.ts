import assert from "node:assert/strict";
import test from "node:test";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { compileDataModel } from "../../src/model/compile.ts";
import { factorySettings } from "../../src/model/factory.ts";
import { inFileOrder } from "../../src/model/key-order.ts";

const shipped = loadDataModel(defaultDataModelFolder());

test("a fresh file has the sections in the phone's order, and accounts by number", () => {
  const keys = [
    "Config.Own.A.A",
    "Config.Voice.A.A",
    "Config.Account10.A.A",
    "Config.Account2.A.B",
    "Config.TR069.A.A",
  ];
  assert.deepEqual(inFileOrder([...keys, "Config.Account2.A.A", "Config.Autoprovision.A.A"]), [
    "Config.Autoprovision.A.A",
    "Config.TR069.A.A",
    "Config.Account2.A.B",
    "Config.Account2.A.A",
    "Config.Account10.A.A",
    "Config.Voice.A.A",
    "Config.Own.A.A",
  ]);
});

test("factory settings hold each account of the phone, and no more", () => {
  const accounts = [...factorySettings(shipped, 3).keys()].flatMap(
    (key) => /^Config\.Account([0-9]+)\./.exec(key)?.[1] ?? [],
  );
  assert.deepEqual([...new Set(accounts)], ["1", "2", "3"]);
  assert.equal(accounts.length, 120);
  assert.equal(factorySettings(shipped, 1).has("Config.Account2.SIP.Server"), false);
});

test("factory settings are the encoded defaults", () => {
  const settings = factorySettings(shipped, 3);
  const expected = {
    "Config.TR069.ManagementServer.PeriodicInformInterval": "1800",
    "Config.TR069.ManagementServer.PeriodicInformTime": "",
    "Config.TR069.ManagementServer.STUNMaximumKeepAlivePeriod": "-1",
    "Config.Network.LAN.Type": "0",
    "Config.Autoprovision.SCHEDULE.HourOfDay": "22",
    "Config.Autoprovision.SCHEDULE.MinuteOfHour": "0",
    "Config.Features.HOTLINE.Enable": "0",
    "Config.Settings.AUDIO.RingVol": "8",
    "Config.Account2.Audio0.Priority": "13",
    "Config.Account2.Audio9.Priority": "3",
    "Config.Account2.Audio6.Enable": "0",
    "Config.Account2.DTMF.Type": "2",
    "Config.Account3.SIP.ListenPortMax": "5062",
  };
  for (const [key, text] of Object.entries(expected)) assert.equal(settings.get(key), text, key);
});

test("a read-only view of a setting does not touch its factory value", () => {
  const text = `
in: Device.
standard: vendor
parameters:
  Volume: { type: unsignedInt, access: rw, default: 5, config: Config.S.A.V, description: "Loudness." }
  Percent: { type: unsignedInt, access: r, default: 33, config: Config.S.A.V, encoding: ringPercent, description: "Same." }
`;
  const settings = factorySettings(compileDataModel([{ file: "a.yaml", text }]), 1);
  assert.deepEqual([...settings], [["Config.S.A.V", "5"]]);
});

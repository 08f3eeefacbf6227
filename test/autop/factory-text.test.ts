import assert from "node:assert/strict";
import { test } from "node:test";
import { factoryText } from "../../src/autop/document.ts";

test("a fresh file keeps the order of the settings and has the sections of a file together", () => {
  const factory = new Map([
    ["Config.TR069.General.Enable", "0"],
    ["Config.Account2.SIP.Port", "5060"],
    ["Config.Account2.GENERAL.Enable", "0"],
    ["Config.Voice.AUDIO.RingVol", "8"],
    ["Config.Account2.SIP.Server", ""],
  ]);
  const [header = "", ...blocks] = factoryText(factory).split("\n\n");
  assert.ok(header.split("\n").every((line) => line.startsWith("# ")));
  assert.deepEqual(blocks, [
    "Config.TR069.General.Enable = 0",
    "Config.Account2.SIP.Port = 5060\nConfig.Account2.SIP.Server =\nConfig.Account2.GENERAL.Enable = 0",
    "Config.Voice.AUDIO.RingVol = 8\n",
  ]);
});

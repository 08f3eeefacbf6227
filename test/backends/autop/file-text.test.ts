import assert from "node:assert/strict";
import { test } from "node:test";
import { factoryText } from "../../../src/backends/autop/factory-text.ts";
import { decodeFileText, encodeFileText } from "../../../src/backends/autop/file-text.ts";

test("UTF-8 stays UTF-8", () => {
  const bytes = Buffer.from("Config.A.B.C = Zoë ☎");
  const { text, encoding } = decodeFileText(bytes);
  assert.equal(text, "Config.A.B.C = Zoë ☎");
  assert.deepEqual(encodeFileText(text, encoding), bytes);
});

test("a file that is not UTF-8 keeps every byte", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const { text, encoding } = decodeFileText(bytes);
  assert.deepEqual(encodeFileText(text, encoding), bytes);
  assert.deepEqual(encodeFileText(`${text}☎`, encoding), Buffer.from(`${text}☎`));
});

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

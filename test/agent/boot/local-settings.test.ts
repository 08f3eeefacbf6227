import assert from "node:assert/strict";
import { test } from "node:test";
import { changedSettings, hashSettings } from "../../../src/agent/boot/local-settings.ts";
import { hmacHash } from "../../../src/system/hash.ts";

const SETTINGS = new Map([
  ["Config.A", "1"],
  ["Config.B", "2"],
]);

test("a line that has not changed is known again, also by the longer hash of an earlier version", () => {
  const hashes = hashSettings(SETTINGS, "salt", hmacHash);
  assert.deepEqual(changedSettings(SETTINGS, hashes, hashes), new Map());
  const longer = Object.fromEntries([...SETTINGS].map(([key, text]) => [key, hmacHash("salt", `${key}=${text}`)]));
  assert.deepEqual(changedSettings(SETTINGS, longer, hashes), new Map());
  const next = new Map([...SETTINGS, ["Config.B", "3"], ["Config.C", ""]]);
  const changed = new Map([
    ["Config.B", "3"],
    ["Config.C", ""],
  ]);
  assert.deepEqual(changedSettings(next, longer, hashSettings(next, "salt", hmacHash)), changed);
  assert.deepEqual(changedSettings(SETTINGS, null, hashes), SETTINGS);
});

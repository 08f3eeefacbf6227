import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { loadUserScript } from "../../src/config/user-script.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const layout = createLayouts(loadDataModel(defaultDataModelFolder()), { accounts: 2, accountsFixed: false }).factory;
const DND = "Device.UserInterface.CUSTOM_Features.CUSTOM_DNDEnable";

async function load(t: TestContext, text: string) {
  const file = join(await temporaryFolder(t), "user.yaml");
  await writeFile(file, text);
  return loadUserScript(file, layout);
}

async function mistakes(t: TestContext, text: string): Promise<readonly string[]> {
  try {
    await load(t, text);
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    return error.findings.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
  return [];
}

test("a script says when, how often and what", async (t) => {
  const steps = await load(
    t,
    `user:
  - { at: 10, set: { ${DND}: true, Config.Account1.GENERAL.Label: hall } }
  - { at: 60, volume: 3 }
  - { every: 0.5, repeat: 4, volume: up }
  - { every: 3600, at: 5, linkLoss: 30 }
  - { at: 99, powerCut: 2 }
  - { at: 100, call: 1002 }
  - { at: 110, call: "0049", account: 2 }
  - { at: 120, hangUp: true }
`,
  );
  const settings = new Map([
    ["Config.Features.DND.Enable", "1"],
    ["Config.Account1.GENERAL.Label", "hall"],
  ]);
  const ring = "Config.Settings.AUDIO.RingVol";
  assert.deepEqual(steps, [
    { atMs: 10_000, everyMs: 0, times: 1, action: { kind: "set", settings } },
    { atMs: 60_000, everyMs: 0, times: 1, action: { kind: "set", settings: new Map([[ring, "3"]]) } },
    { atMs: 500, everyMs: 500, times: 4, action: { kind: "volume", by: 1, key: ring, loudest: 15 } },
    { atMs: 5_000, everyMs: 3_600_000, times: null, action: { kind: "linkLoss", forMs: 30_000 } },
    { atMs: 99_000, everyMs: 0, times: 1, action: { kind: "powerCut", forMs: 2_000 } },
    { atMs: 100_000, everyMs: 0, times: 1, action: { kind: "call", account: 1, number: "1002" } },
    { atMs: 110_000, everyMs: 0, times: 1, action: { kind: "call", account: 2, number: "0049" } },
    { atMs: 120_000, everyMs: 0, times: 1, action: { kind: "hangUp" } },
  ]);
});

for (const [text, expected] of [
  ["users: []", ["1:1 unknown key users", "user must be a list"]],
  ["user: 7", ["1:7 user must be a list"]],
  ["user:\n  - 7", ["2:5 a step must be a group"]],
  ["user:\n  - at: 1", ["2:5 a step does one thing"]],
  ["user:\n  - { at: 1, volume: 3, linkLoss: 2 }", ["2:5 a step does one thing"]],
  ["user:\n  - { volume: 3 }", ["2:5 a step needs a time"]],
  ["user:\n  - { at: soon, volume: 3 }", ["2:11 at must be a number of seconds from 0"]],
  ["user:\n  - { every: 0, volume: 3 }", ["2:14 every must be a number of seconds from 0.1"]],
  ["user:\n  - { at: 1, repeat: 3, volume: 3 }", ["2:22 repeat needs every"]],
  ["user:\n  - { every: 1, repeat: 0, volume: 3 }", ["2:25 repeat must be a whole number from 1"]],
  ["user:\n  - { att: 1, at: 2, volume: 3 }", ["2:7 unknown key att; did you mean at?"]],
  ["user:\n  - { at: 1, volume: 16 }", ["2:22 volume must be up, down or a whole number from 0 to 15"]],
  ["user:\n  - { at: 1, linkLoss: -1 }", ["2:24 linkLoss must be a number of seconds above 0"]],
  ["user:\n  - { at: 1, call: 'a b' }", ["2:20 call must be a number or a SIP user"]],
  ["user:\n  - { at: 1, call: 1, account: 17 }", ["2:32 account must be a whole number from 1 to 16"]],
  ["user:\n  - { at: 1, hangUp: 3 }", ["2:22 hangUp must be true"]],
  ["user:\n  - { at: 1, set: {} }", ["2:19 set must be a group"]],
  [`user:\n  - { at: 1, set: { ${DND}s: true } }`, [`did you mean ${DND}?`]],
  [`user:\n  - { at: 1, set: { ${DND}: maybe } }`, ["CUSTOM_DNDEnable must be"]],
  ["user:\n  - { at: 1, set: { Device.DeviceInfo.UpTime: 5 } }", ["is not a setting of the phone"]],
  ["user:\n  - { at: 1, set: { Config.Features.DND.Enable: 5 } }", ["Config.Features.DND.Enable must be 0 or 1"]],
  ["user:\n  - { at: 1, set: { Config.Own.Thing.X: 5 } }", ["Config.Own.Thing.X is not a key"]],
  ["user:\n  - { at: 1, set: { Config.Features.DND.Enable: [1] } }", ["must have one value"]],
  ["user: [", ["1:8 "]],
] as const) {
  test(`a mistake in a script has its place and what to do: ${text.replaceAll("\n", " ").slice(0, 60)}`, async (t) => {
    const found = await mistakes(t, text);
    assert.equal(found.length, expected.length, found.join("; "));
    for (const [index, part] of expected.entries()) assert.ok(found[index]?.includes(part), found[index]);
  });
}

test("a refused value is not repeated: it may be a secret", async (t) => {
  const found = await mistakes(t, `user:\n  - { at: 1, set: { ${DND}: hunter2 } }`);
  assert.ok(found.length === 1 && !found.join().includes("hunter2"));
});

test("a thousand mistakes are a bounded answer", async (t) => {
  const found = await mistakes(t, `user:\n${"  - { at: 1, set: { Device.Nothing: 1 } }\n".repeat(5_000)}`);
  assert.equal(found.length, 50);
});

test("a script that is not there is a finding", () => {
  assert.throws(
    () => loadUserScript("/no/such/user.yaml", layout),
    /user\.yaml: the script of the user cannot be used/,
  );
});

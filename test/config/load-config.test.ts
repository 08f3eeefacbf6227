import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Config, loadConfig } from "../../src/config/load-config.ts";
import { settingsKeys } from "../../src/config/settings-keys.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";

const folder = mkdtempSync(join(tmpdir(), "config-"));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function load(text: string, env: Record<string, string> = {}): Config {
  return loadConfig(write("config.yaml", text), env);
}

test("without a file every setting has the guide's default", () => {
  const config = loadConfig(null, {});
  assert.deepEqual(config.tr069, {
    enable: false,
    acs: { url: "", username: "", password: "", passwordFile: null },
    periodicInform: { enable: false, interval: 1800 },
    cpe: { url: "default", username: "", password: "", passwordFile: null },
  });
  assert.equal(config.listen.port, 7547);
  assert.equal(config.phone.accounts, 3);
  assert.equal(config.backend.type, "config-file");
  assert.deepEqual(config.retry, { minimumWaitInterval: 5, intervalMultiplier: 2000 });
});

test("a file may leave out, or leave empty, whatever it does not want to say", () => {
  for (const text of ["", "# nothing\n", "tr069:\nlisten:\n  port:\n", "{}"]) {
    const config = load(text);
    assert.deepEqual(config.tr069, loadConfig(null, {}).tr069);
    assert.equal(config.stated.size, 0);
  }
});

test("the settings are frozen all the way down", () => {
  const config = load("tr069: { acs: { username: one } }");
  assert.throws(() => Object.assign(config.tr069.acs, { username: "two" }), TypeError);
  assert.throws(() => Object.assign(config.backend, { type: "simulated" }), TypeError);
});

test("relative paths count from the folder of the file, those of variables from the working folder", () => {
  const config = load("stateFolder: ../agent\nbackend: { file: phone.cfg }", { AKUVOX_CPE_STATUS_FILE: "status" });
  assert.equal(config.stateFolder, join(folder, "..", "agent"));
  assert.equal(config.backend.file, join(folder, "phone.cfg"));
  assert.equal("statusFile" in config.backend && config.backend.statusFile, join(process.cwd(), "status"));
  assert.equal(load("").stateFolder, join(folder, "state"));
});

test("a simulated phone keeps its settings in memory unless a file is given", () => {
  const config = load("backend: { type: simulated, rebootSeconds: 0 }");
  assert.equal(config.backend.file, null);
  assert.equal(load("backend: { type: simulated, file: phone.cfg }").backend.file, join(folder, "phone.cfg"));
});

test("addresses are brought into one spelling", () => {
  const config = load("phone: { oui: 0c11ab, mac: 0C-11-05-0A-B1-C2 }");
  assert.equal(config.phone.oui, "0C11AB");
  assert.equal(config.phone.mac, "0c:11:05:0a:b1:c2");
  assert.equal(load("phone: { mac: 0C11050AB1C2 }").phone.mac, "0c:11:05:0a:b1:c2");
});

test("a text is measured in characters, not in bytes or UTF-16 units", () => {
  assert.equal([...load(`tr069: { acs: { username: "${"😀".repeat(256)}" } }`).tr069.acs.username].length, 256);
  assert.throws(() => load(`tr069: { acs: { username: "${"😀".repeat(257)}" } }`), FindingsError);
});

test("a text that the phone's file could not give back is refused", () => {
  for (const username of ['"two\\nlines"', '" before"', '"after "', '"nul\\0"', '"tab\\t"']) {
    assert.throws(() => load(`tr069: { acs: { username: ${username} } }`), FindingsError, username);
  }
});

test("a key such as __proto__ is an unknown key like any other", () => {
  assert.throws(
    () => load("__proto__: { tr069: 1 }\ntr069: { constructor: 1 }"),
    (error) => {
      assert.ok(error instanceof FindingsError);
      assert.deepEqual(
        error.findings.map(({ line, code }) => [line, code]),
        [
          [1, "UNKNOWN_KEY"],
          [2, "UNKNOWN_KEY"],
        ],
      );
      return true;
    },
  );
});

test("only what the file or the environment states becomes a key of the phone's file", () => {
  assert.deepEqual(settingsKeys(load("")), new Map());
  const config = load("tr069: { enable: true, periodicInform: { enable: false }, cpe: { url: default } }", {
    AKUVOX_CPE_ACS_URL: "https://acs.example/",
    AKUVOX_CPE_PERIODIC_INFORM_INTERVAL: "60",
  });
  assert.deepEqual(
    settingsKeys(config),
    new Map([
      ["Config.TR069.General.Enable", "1"],
      ["Config.TR069.ManagementServer.URL", "https://acs.example/"],
      ["Config.TR069.ManagementServer.PeriodicInformEnable", "0"],
      ["Config.TR069.ManagementServer.PeriodicInformInterval", "60"],
      ["Config.TR069.ManagementServer.ConnectionRequestURL", "default"],
    ]),
  );
});

test("a value stated as its default is stated: it overrides what the phone has", () => {
  assert.deepEqual(
    settingsKeys(load('tr069: { acs: { username: "" } }')),
    new Map([["Config.TR069.ManagementServer.Username", ""]]),
  );
});

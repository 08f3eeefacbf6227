import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fleetJsonSchema } from "../../../src/config/fleet/json-schema.ts";
import { type FleetConfig, type FleetOptions, loadFleet } from "../../../src/config/fleet/load-fleet.ts";
import { FindingsError } from "../../../src/cwmp/findings.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-"));
after(() => rmSync(folder, { recursive: true }));

function load(text: string, options: FleetOptions = {}, env: Record<string, string> = {}): FleetConfig {
  const file = join(folder, "fleet.yaml");
  writeFileSync(file, text);
  return loadFleet(file, env, options);
}

/** `line:column CODE` of each. */
function findings(text: string, options: FleetOptions = {}): readonly string[] {
  try {
    load(text, options);
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    return error.findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
  }
  return [];
}

const ACS = "acs: http://127.0.0.1:7557/\n";

test("every mistake of fleet.yaml is found where it stands", () => {
  assert.deepEqual(
    findings(
      `${ACS}ramp: { perSecond: 0, oops: 1 }
thresholds: ["p95 < 500ms", "faults = 0"]
groups:
  - count: many
  - count: none
  - serialNumber: "A{j}"
`,
    ),
    [
      "2:20 WRONG_VALUE",
      "2:23 UNKNOWN_KEY",
      "3:29 WRONG_VALUE",
      "5:12 WRONG_VALUE",
      "6:12 WRONG_VALUE",
      "7:19 WRONG_VALUE",
    ],
  );
});

test("settings of all groups and of one are checked like config.yaml, each mistake once", () => {
  assert.deepEqual(
    findings(
      `${ACS}settings: { phone: { modle: X } }
groups:
  - name: north
    settings: { phone: { accounts: 99 } }
  - name: south
`,
    ),
    ["2:22 UNKNOWN_KEY", "5:36 WRONG_VALUE"],
  );
});

test("what phones cannot have of their own is refused: a port, a file, another backend", () => {
  assert.deepEqual(findings(`${ACS}groups: [{ settings: { listen: { port: 1 } } }]`), ["2:24 NOT_IN_A_GROUP"]);
  assert.deepEqual(findings(`${ACS}settings: { backend: { file: phone.cfg } }`), ["2:24 NOT_IN_A_FLEET"]);
  assert.deepEqual(findings(`${ACS}settings: { backend: { type: linux } }`), ["2:30 WRONG_VALUE"]);
});

test("groups that would share phones are refused", () => {
  assert.deepEqual(findings(`${ACS}groups: [{ name: a, count: 5 }, { name: b, firstIndex: 5 }]`), ["2:33 SAME_PHONES"]);
  assert.deepEqual(findings(`${ACS}groups: [{ name: a }, { name: a }]`), ["2:23 SAME_PHONES"]);
});

test("a fleet without an ACS is refused, with and without a file", () => {
  assert.deepEqual(findings("settings: {}"), ["0:0 NO_ACS"]);
  assert.throws(() => loadFleet(null, {}, { count: "3" }), /the phones have no ACS: set acs \(--acs\)/);
});

test("a group has its settings over those of all, and numbers after those of the group before", () => {
  const { groups, config } = load(
    `${ACS}settings: { phone: { model: SP-R15P, accounts: 2 }, log: { level: warn } }
groups:
  - { name: north, count: 3, settings: { phone: { accounts: 1 } } }
  - { name: south, count: 2 }
  - { name: west, firstIndex: 100 }
`,
  );
  assert.deepEqual(
    groups.map(({ firstIndex, config: own }) => [firstIndex, own.phone.model, own.phone.accounts]),
    [
      [1, "SP-R15P", 1],
      [4, "SP-R15P", 2],
      [100, "SP-R15P", 2],
    ],
  );
  assert.equal(config.log.level, "warn");
  assert.ok(groups.every(({ config: own }) => own.tr069.enable && own.tr069.acs.url === "http://127.0.0.1:7557/"));
});

test("the command line wins over the file", () => {
  const stated = [
    { path: "acs", option: "--acs", text: "http://10.0.0.1/" },
    { path: "ramp.perSecond", option: "--rate", text: "77" },
  ];
  const text = `${ACS}settings: { tr069: { acs: { url: http://10.0.0.2/ } } }\nthresholds: [faults == 0]`;
  const fleet = load(text, { stated, count: "12", thresholds: ["p95 < 1s"] });
  assert.equal(fleet.groups[0]?.config.tr069.acs.url, "http://10.0.0.1/");
  assert.equal(fleet.groups[0]?.count, 12);
  assert.equal(fleet.ramp.perSecond, 77);
  assert.deepEqual(
    fleet.thresholds.map(({ figure, operator, bound }) => [figure, operator, bound]),
    [
      ["faults", "==", 0],
      ["p95", "<", 1000],
    ],
  );
  assert.deepEqual(findings(`${ACS}groups: [{ name: a }, { name: b }]`, { count: "5" }), ["0:0 SEVERAL_GROUPS"]);
  assert.deepEqual(findings(ACS, { count: "many" }), ["0:0 WRONG_VALUE"]);
});

test("variables of the environment are put in, in the settings too, once", () => {
  const name = (text: string): string => ["$", `{${text}}`].join("");
  const text = `acs: "${name("URL")}"\nsettings: { tr069: { acs: { username: "${name("WHO")}", password: "$${name("x")}" } } }`;
  const { groups } = load(text, {}, { URL: "http://127.0.0.1:1/", WHO: "me" });
  assert.deepEqual(groups[0]?.config.tr069.acs, {
    url: "http://127.0.0.1:1/",
    username: "me",
    password: name("x"),
    passwordFile: null,
  });
});

test("where an image keeps the settings of a single phone is nothing to a fleet", () => {
  const image = { AKUVOX_CPE_BACKEND: "simulated", AKUVOX_CPE_PHONE_FILE: "/var/lib/akuvox-cpe/phone.cfg" };
  const { groups } = load("acs: http://127.0.0.1/", {}, image);
  assert.deepEqual(groups[0]?.config.backend, load("acs: http://127.0.0.1/").groups[0]?.config.backend);
});

test("logins of the ACS come from a file with a line for each phone, and no finding shows one", () => {
  const file = join(folder, "logins");
  const text = `${ACS}groups: [{ count: 2, acsLoginsFile: logins }]`;
  writeFileSync(file, "a:one\nb:two:three\n");
  assert.deepEqual(load(text).groups[0]?.acsLogins, [
    { username: "a", password: "one" },
    { username: "b", password: "two:three" },
  ]);
  writeFileSync(file, "a:one\n");
  assert.deepEqual(findings(text), ["2:37 TOO_FEW"]);
  writeFileSync(file, "a:one\nhush\n");
  assert.throws(() => load(text), /line 2 has not \[WRONG_VALUE\]$/);
});

test("the example of a fleet has no mistakes", () => {
  const fleet = loadFleet(fileURLToPath(new URL("../../../examples/fleet/fleet.yaml", import.meta.url)), {});
  assert.deepEqual(fleet.warnings, []);
  assert.deepEqual(
    fleet.groups.map(({ name, count }) => [name, count]),
    [
      ["north", 150],
      ["south", 50],
    ],
  );
});

test("fleet.schema.json is in step with the option table", () => {
  const file = readFileSync(new URL("../../../fleet.schema.json", import.meta.url), "utf8");
  assert.equal(file, fleetJsonSchema(), "npm run -s cpe -- fleet --schema > fleet.schema.json");
});

test("the control socket of a fleet with a state folder is in that folder unless another place is stated", () => {
  const socketOf = (text: string, options: FleetOptions = {}) =>
    load(`${ACS}settings: { control: { enable: true } }\n${text}`, options).config.control.socket;
  assert.equal(socketOf("stateFolder: kept\n"), join(folder, "kept", "control.sock"));
  assert.equal(socketOf("stateFolder: kept\n", { controlSocket: "/run/fleet.sock" }), "/run/fleet.sock");
  assert.equal(socketOf(""), null);
});

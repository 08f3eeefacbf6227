import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Config, loadConfig } from "../../src/config/load-config.ts";
import { leafRows } from "../../src/config/option-table.ts";
import { settingsKeys } from "../../src/config/settings-keys.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";

const folder = mkdtempSync(join(tmpdir(), "environment-"));
after(() => rmSync(folder, { recursive: true }));

function load(text: string, env: Record<string, string> = {}): Config {
  const file = join(folder, "config.yaml");
  writeFileSync(file, text);
  return loadConfig(file, env);
}

function findings(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof FindingsError) return error.message.split("\n");
    throw error;
  }
  return [];
}

/** A reference to a variable, as it stands in a settings file. */
const variable = (name: string): string => `$\{${name}}`;

test("a reference is replaced by the variable, anywhere in a text and as often as it stands", () => {
  const text = `tr069: { acs: { url: "https://${variable("HOST")}:${variable("PORT")}/", password: "${variable("PW")}" } }`;
  const config = load(text, { HOST: "acs.example", PORT: "7548", PW: "a: #b" });
  assert.equal(config.tr069.acs.url, "https://acs.example:7548/");
  assert.equal(config.tr069.acs.password, "a: #b");
});

test("what a variable holds is not looked into again", () => {
  const config = load(`tr069: { acs: { password: "${variable("PW")}" } }`, { PW: variable("HOME"), HOME: "/root" });
  assert.equal(config.tr069.acs.password, variable("HOME"));
});

test("a reference may stand for a number or a switch", () => {
  const config = load(`listen:\n  port: ${variable("PORT")}\ntr069:\n  enable: ${variable("ON")}\n`, {
    PORT: "80",
    ON: "True",
  });
  assert.equal(config.listen.port, 80);
  assert.equal(config.tr069.enable, true);
});

test("two dollar signs before a brace stand for one, others for themselves", () => {
  const config = load(`tr069: { acs: { username: "$a$", password: "$${variable("PW")}" } }`);
  assert.equal(config.tr069.acs.username, "$a$");
  assert.equal(config.tr069.acs.password, variable("PW"));
});

test("a reference works in a list", () => {
  const config = load(`backend: { rebootCommand: [reboot, "${variable("HOW")}"] }`, { HOW: "-f" });
  assert.deepEqual("rebootCommand" in config.backend && config.backend.rebootCommand, ["reboot", "-f"]);
});

test("a variable of the option table overrides the file, an empty one does not", () => {
  const text = "listen: { port: 80 }\nlog: { level: warn }";
  const config = load(text, { AKUVOX_CPE_LISTEN_PORT: "0", AKUVOX_CPE_LOG_LEVEL: "" });
  assert.equal(config.listen.port, 0);
  assert.equal(config.log.level, "warn");
  assert.ok(config.stated.has("listen.port"));
});

test("a variable's mistake names the variable and not its value", () => {
  assert.deepEqual(
    findings(() => loadConfig(null, { AKUVOX_CPE_LISTEN_PORT: "hunter2", AKUVOX_CPE_CPE_PASSWORD: " hunter2" })),
    [
      "environment: AKUVOX_CPE_CPE_PASSWORD: tr069.cpe.password must be text on one line, without spaces around it, at most 256 characters [WRONG_VALUE]",
      "environment: AKUVOX_CPE_LISTEN_PORT: listen.port must be a whole number from 0 to 65535 [WRONG_VALUE]",
    ],
  );
});

test("variables that Kubernetes makes for a service of our name do no harm", () => {
  const env = {
    AKUVOX_CPE_PORT: "tcp://10.0.0.1:7547",
    AKUVOX_CPE_SERVICE_HOST: "10.0.0.1",
    AKUVOX_CPE_SERVICE_PORT_HTTP: "7547",
    AKUVOX_CPE_PORT_7547_TCP_ADDR: "10.0.0.1",
    AKUVOX_CPE_ACS_PORT_7557_TCP: "tcp://10.0.0.2:7557",
    AKUVOX_CPE_WEB_SERVICE_HOST: "10.0.0.3",
    // Of a service akuvox-cpe-web, and the name of a setting at the same time.
    AKUVOX_CPE_WEB_PORT: "tcp://10.0.0.3:8080",
  };
  assert.deepEqual(loadConfig(null, env), loadConfig(null, {}));
});

test("a variable that is no setting is a mistake, with the one that was meant and without its value", () => {
  const env = { AKUVOX_CPE_ACS_ULR: "hunter2", AKUVOX_CPE_: "", AKUVOX_CPE_QQQ: "x", AKUVOX_CPE_CONFIG: "config.yaml" };
  assert.deepEqual(
    findings(() => loadConfig(null, env)),
    [
      "environment: there is no setting for the environment variable AKUVOX_CPE_: check-config --variables lists them [UNKNOWN_VARIABLE]",
      "environment: there is no setting for the environment variable AKUVOX_CPE_ACS_ULR: did you mean AKUVOX_CPE_ACS_URL? [UNKNOWN_VARIABLE]",
      "environment: there is no setting for the environment variable AKUVOX_CPE_QQQ: check-config --variables lists them [UNKNOWN_VARIABLE]",
    ],
  );
});

test("an option of the command line wins over the environment, and is named where it is wrong", () => {
  const env = { AKUVOX_CPE_ACS_URL: "http://environment/" };
  const stated = (text: string) => [{ path: "tr069.acs.url", option: "--acs-url", text }];
  assert.equal(loadConfig(null, env, [], stated("http://option/")).tr069.acs.url, "http://option/");
  assert.match(
    findings(() => loadConfig(null, env, [], stated("ftp://option/"))).join(),
    /^command line: --acs-url: tr069\.acs\.url must be an http/,
  );
});

test("no two options share a variable", () => {
  const names = leafRows().flatMap(({ environment }) => environment ?? []);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => /^AKUVOX_CPE_[A-Z0-9_]+$/.test(name)));
});

test("a password file gives the password without its last line end", () => {
  for (const [text, password] of [
    ["secret", "secret"],
    ["secret\n", "secret"],
    ["secret\r\n", "secret"],
    ["", ""],
  ] as const) {
    writeFileSync(join(folder, "password"), text);
    const config = load("tr069: { acs: { passwordFile: password } }");
    assert.equal(config.tr069.acs.password, password);
    assert.equal(settingsKeys(config).get("Config.TR069.ManagementServer.Password"), password);
  }
});

test("the environment's password wins over the file's password file, and the other way round", () => {
  writeFileSync(join(folder, "password"), "from the file\n");
  const text = "tr069: { acs: { passwordFile: nowhere }, cpe: { password: in the settings } }";
  const config = load(text, {
    AKUVOX_CPE_ACS_PASSWORD: "from the environment",
    AKUVOX_CPE_CPE_PASSWORD_FILE: join(folder, "password"),
  });
  assert.equal(config.tr069.acs.password, "from the environment");
  assert.equal(config.tr069.cpe.password, "from the file");
});

test("both passwords in the environment are a mistake", () => {
  const env = { AKUVOX_CPE_ACS_PASSWORD: "one", AKUVOX_CPE_ACS_PASSWORD_FILE: join(folder, "password") };
  assert.match(findings(() => loadConfig(null, env)).join(), /BOTH_PASSWORDS/);
});

test("a password file that is a folder, too large or no text is a mistake without its content", () => {
  writeFileSync(join(folder, "large"), "x".repeat(1_048_577));
  writeFileSync(join(folder, "binary"), Buffer.from([0xff, 0xfe, 0x00]));
  for (const [name, problem] of [
    [".", "it is not a file"],
    ["large", "it is larger than 1048576 bytes"],
    ["binary", "it is not UTF-8 text"],
  ] as const) {
    const [first = ""] = findings(() => load(`tr069: { acs: { passwordFile: ${name} } }`));
    assert.ok(first.endsWith(`1:31: the password file cannot be used: ${problem} [FILE_UNREADABLE]`), first);
  }
});

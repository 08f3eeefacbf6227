import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { ENCODINGS } from "../../src/model/encodings.ts";
import { FINDING_CODES } from "../../src/model/finding-codes.ts";
import { FORMATS } from "../../src/model/formats.ts";
import { PARAMETER_FIELDS } from "../../src/model/parameter-reader.ts";
import { rulePaths } from "../../src/model/rules.ts";
import { AGENT_VALUES } from "../../src/model/source-reader.ts";
import type { ModelNode } from "../../src/model/types.ts";
import { checkValue } from "../../src/model/value.ts";
import { parameterOf } from "../helpers/data-model.ts";

const folder = defaultDataModelFolder();
const model = loadDataModel(folder);
const PROFILE = "Device.LAN.VoiceService.{i}.VoiceProfile.{i}.";

function describe(node: ModelNode): readonly string[] {
  const own = `${node.kind === "parameter" ? node.name : node.template}: ${node.description}`;
  if (node.kind === "parameter" || node.kind === "alias") return [own];
  return [own, ...(node.kind === "table" ? node.row.children : node.children).flatMap(describe)];
}

test("every object, table and parameter is described in one line", () => {
  for (const line of describe(model.root)) assert.match(line, /: \S.{5,118}\.$/, line);
});

test("the tables of the phone: one service, ten codecs, accounts that an ACS may delete and add", () => {
  const tables: string[] = [];
  const walk = (node: ModelNode): void => {
    if (node.kind === "parameter" || node.kind === "alias") return;
    if (node.kind === "object") {
      for (const child of node.children) walk(child);
      return;
    }
    tables.push(`${node.name} ${node.rows.kind === "fixed" ? node.rows.count : "accounts"} ${node.creatable}`);
    walk(node.row);
  };
  walk(model.root);
  assert.deepEqual(tables, [
    "VoiceService 1 false",
    "Codecs 10 false",
    "VoiceProfile accounts true",
    "Line 1 false",
    "List 10 false",
  ]);
});

test("secrets are hidden: all four, and nothing that looks like a fifth", () => {
  const hidden = model.parameters.filter((def) => def.hidden).map(({ name }) => name);
  assert.deepEqual(hidden, ["Password", "ConnectionRequestPassword", "STUNPassword", "AuthPassword"]);
  assert.deepEqual(
    model.parameters.filter(({ name }) => /password|secret/i.test(name)).map(({ name }) => name),
    hidden,
  );
});

test("C-277 every IP address parameter takes IPv4, IPv6 or nothing, and one address only", () => {
  for (const name of ["IPAddress", "DefaultGateway", "DNSServers", "DNSServers2"]) {
    const def = parameterOf(model, `Device.LAN.${name}`);
    for (const good of ["", "10.0.0.1", "2001:db8::1"]) assert.equal(checkValue(def, good), null, name);
    for (const bad of ["10.0.0.1,10.0.0.2", "host", "10.0.0.300"]) assert.notEqual(checkValue(def, bad), null, name);
  }
});

test("what the network gives is read live, and can be written only while the address is static", () => {
  const given = ["IPAddress", "SubnetMask", "DefaultGateway", "DNSServers", "DNSServers2"];
  for (const name of given) {
    const { source, writableWhen, restart } = parameterOf(model, `Device.LAN.${name}`);
    assert.ok(source.kind === "config" && source.live?.startsWith("Status.Network.LAN."), name);
    assert.deepEqual(writableWhen, { path: "Device.LAN.AddressingType", value: "Static" });
    assert.ok(restart);
  }
});

test("a change needs a restart where the phone's web page asks for one, and nowhere else", () => {
  const names = model.parameters.filter((def) => def.restart).map(({ name }) => name);
  assert.deepEqual(names, [
    "CUSTOM_HandfreeMicVol",
    "CUSTOM_HandsetMicVol",
    "CUSTOM_HeadsetMicVol",
    "AddressingType",
    "IPAddress",
    "SubnetMask",
    "DefaultGateway",
    "DNSServers",
    "DNSServers2",
  ]);
});

test("a Reset of an account is an action", () => {
  const { source } = parameterOf(model, `${PROFILE}Reset`);
  assert.ok(source.kind === "live" && source.action === "Action.Account{VoiceProfile}.Line.Reset");
});

test("registrar and proxy are one setting of the phone", () => {
  const keys = ["RegistrarServer", "ProxyServer"].map((name) => {
    const { source } = parameterOf(model, `${PROFILE}SIP.${name}`);
    return source.kind === "config" ? source.keys : [];
  });
  assert.deepEqual(keys, [["Config.Account{VoiceProfile}.SIP.Server"], ["Config.Account{VoiceProfile}.SIP.Server"]]);
});

test("the rules of the phone's web page are all there", () => {
  const rules = model.rules.map(
    (rule) =>
      `${rule.kind} ${rulePaths(rule)
        .map((path) => path.split(".").at(-1))
        .join(" ")}`,
  );
  const forwards = ["Always", "Busy", "Timeout"].flatMap((kind) => [
    `needs CUSTOM_${kind}ForwardEnable CUSTOM_${kind}ForwardTarget`,
    `together CUSTOM_${kind}ForwardOnCode CUSTOM_${kind}ForwardOffCode`,
  ]);
  assert.deepEqual(rules, [
    "order STUNMinimumKeepAlivePeriod STUNMaximumKeepAlivePeriod",
    "together CUSTOM_DNDOnCode CUSTOM_DNDOffCode",
    ...forwards,
    "order CUSTOM_AreaCodeMinLen CUSTOM_AreaCodeMaxLen",
    "order CUSTOM_JitterBufferMin CUSTOM_JitterBufferMax",
  ]);
});

test("the field reference names every field, encoding, format, agent value and kind of mistake", () => {
  const reference = readFileSync(join(folder, "README.md"), "utf8").replaceAll(/ +/g, " ");
  const words = [PARAMETER_FIELDS, Object.keys(ENCODINGS), Object.keys(FORMATS), AGENT_VALUES].flat();
  assert.deepEqual(
    words.filter((word) => !reference.includes(`\`${word}`)),
    [],
  );
  for (const [code, meaning] of Object.entries(FINDING_CODES)) {
    assert.ok(reference.includes(`| \`${code}\` | ${meaning} |`), code);
  }
});

import assert from "node:assert/strict";
import test from "node:test";
import { compileDataModel } from "../../src/model/compile.ts";
import type { TableNode } from "../../src/model/types.ts";
import { declaredAs, findingsOf, parameterOf } from "../helpers/data-model.ts";

const PHONE = `
in: Device.
standard: TR-106
objects:
  LAN:
    description: "Address."
    parameters:
      Type: { type: string, enumeration: [DHCP, Static], access: rw, default: DHCP, config: Config.N.L.Type, description: "How." }
      Address: { type: string, format: ipAddress, access: rw, config: Config.N.L.Ip, live: Status.N.Ip,
        writableWhen: Type = Static, description: "Where." }
    tables:
      Account:
        description: "An account."
        rows: accounts
        creatable: true
        parameters:
          Port: { type: unsignedInt, access: rw, default: 5060, config: "Config.Account{Account}.SIP.Port", description: "Port." }
        tables:
          Codec:
            description: "A codec."
            rows: 2
            parameters:
              Rank: { type: unsignedInt, range: 1..13, access: rw, default: [1, 2], encoding: rankInversion,
                config: "Config.Account{Account}.Audio{Codec-1}.Priority", description: "Rank." }
`;

test("objects, tables and rows nest, and a parameter knows its template", () => {
  const model = compileDataModel([{ file: "phone.yaml", text: PHONE }]);
  assert.deepEqual(
    model.parameters.map(({ template }) => template),
    ["Device.LAN.Type", "Device.LAN.Address", "Device.LAN.Account.{i}.Port", "Device.LAN.Account.{i}.Codec.{i}.Rank"],
  );
  const lan = model.root.children[0];
  assert.equal(lan?.kind === "object" ? lan.template : "", "Device.LAN.");
  const table = (lan?.kind === "object" ? lan.children : []).find((node): node is TableNode => node.kind === "table");
  assert.deepEqual(table?.rows, { kind: "accounts" });
  assert.equal(table?.creatable, true);
  assert.equal(table?.row.template, "Device.LAN.Account.{i}.");
  assert.equal(table?.row.name, "{i}");
  assert.deepEqual(parameterOf(model, "Device.LAN.Account.{i}.Codec.{i}.Rank").defaults, ["1", "2"]);
  assert.deepEqual(parameterOf(model, "Device.LAN.Address").writableWhen, { path: "Device.LAN.Type", value: "Static" });
});

test("another file can add to an object, in whatever order the files come", () => {
  const extension = {
    file: "extension.yaml",
    text: `
in: Device.LAN.Account.{i}.
standard: vendor
parameters:
  Note: { type: string, access: rw, config: "Config.Account{Account}.OWN.Note", description: "Note." }
rules:
  - { order: [Port, Extra] }
`.replace(
      "  Note:",
      '  Extra: { type: int, access: rw, agent: stored, default: 9000, description: "For the rule." }\n  Note:',
    ),
  };
  const phone = { file: "phone.yaml", text: PHONE };
  for (const files of [
    [extension, phone],
    [phone, extension],
  ]) {
    const model = compileDataModel(files);
    assert.equal(parameterOf(model, "Device.LAN.Account.{i}.Note").standard, "vendor");
    assert.deepEqual(model.rules, [
      { kind: "order", low: "Device.LAN.Account.{i}.Port", high: "Device.LAN.Account.{i}.Extra", unless: null },
    ]);
    const order = model.parameters.map(({ name }) => name);
    assert.ok(order.indexOf("Note") < order.indexOf("Rank"), "parameters come before tables");
  }
});

test("position decides the order of files", () => {
  const file = (name: string, position: string) => ({
    file: `${name}.yaml`,
    text: `in: Device.\n${position}\nstandard: vendor\nobjects:\n  ${name}: { description: "Object." }\n`,
  });
  const model = compileDataModel([file("A", ""), file("B", "position: 2"), file("C", "position: 1")]);
  assert.deepEqual(
    model.root.children.map(({ name }) => name),
    ["C", "B", "A"],
  );
});

test("a data model is frozen to the bottom", () => {
  const model = compileDataModel([{ file: "phone.yaml", text: PHONE }]);
  const seen = new Set<unknown>();
  const check = (value: unknown): void => {
    if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
    seen.add(value);
    assert.ok(Object.isFrozen(value));
    for (const key of Reflect.ownKeys(value)) check(Reflect.get(value, key));
  };
  check(model);
  assert.ok(seen.size > 20);
  assert.ok(parameterOf(model, "Device.LAN.Address").pattern?.test("10.0.0.1"), "a frozen pattern still works");
});

test("C-270 without a default a parameter starts as its type's null value", () => {
  const defaults = ["string", "int", "unsignedInt", "boolean", "dateTime", "hexBinary"].map(
    (type) => declaredAs(`type: ${type}, access: rw, agent: stored`).defaults[0],
  );
  assert.deepEqual(defaults, ["", "-1", "0", "false", "0001-01-01T00:00:00Z", ""]);
});

test("a boolean default is spelt out", () => {
  assert.deepEqual(declaredAs("type: boolean, access: rw, agent: stored, default: 1").defaults, ["true"]);
});

test("values are taken as they are written: no YAML numbers, booleans or dates", () => {
  for (const text of ["0C1105", "22:00", "1e3", "0x10", "true", "~", "2031-12-24"]) {
    assert.deepEqual(declaredAs(`type: string, access: r, constant: ${text}`).defaults, [text]);
  }
});

test("each source has its form", () => {
  const source = (fields: string) => declaredAs(fields).source;
  assert.deepEqual(source("type: int, access: r, live: Status.A.B"), { kind: "live", key: "Status.A.B", action: null });
  assert.deepEqual(source("type: boolean, access: rw, action: Action.A.B"), {
    kind: "live",
    key: "Action.A.B",
    action: "Action.A.B",
  });
  assert.deepEqual(source("type: string, access: rw, agent: stored, live: Status.A.B"), {
    kind: "agent",
    value: "stored",
    fallback: "Status.A.B",
  });
  assert.deepEqual(source("type: string, access: r, agent: oui"), { kind: "agent", value: "oui", fallback: null });
  assert.deepEqual(source("type: string, access: r, constant: SIP"), { kind: "constant", values: ["SIP"] });
  const config = source("type: string, access: rw, config: Config.A.B.C, live: Status.A.B");
  assert.ok(config.kind === "config" && config.encoding.name === "text" && config.live === "Status.A.B");
});

test("every mistake of every file is reported, in reading order", () => {
  const text = `
in: Device.
standard: vendor
parameters:
  A: { type: strng, access: r, agent: oui, description: "A." }
  B: { type: string, access: x, agent: oui, description: "B." }
`;
  assert.deepEqual(
    findingsOf([
      { file: "b.yaml", text },
      { file: "a.yaml", text: "{" },
    ]),
    ["a.yaml:1:2 YAML_SYNTAX", "b.yaml:5:14 WRONG_VALUE", "b.yaml:6:30 WRONG_VALUE"],
  );
});

test("a mistake in a parameter does not make others that name it look wrong", () => {
  const text = `
in: Device.
standard: vendor
parameters:
  A: { type: intt, access: rw, agent: stored, description: "A." }
  B: { type: int, access: rw, agent: stored, writableWhen: A = 1, description: "B." }
rules:
  - { order: [A, B] }
`;
  assert.deepEqual(findingsOf([{ file: "a.yaml", text }]), ["a.yaml:5:14 WRONG_VALUE"]);
});

test("a file that is not YAML does not make the files that add to its objects look wrong", () => {
  const orphan = { file: "b.yaml", text: "in: Device.LAN.\nstandard: vendor\n" };
  assert.deepEqual(findingsOf([{ file: "a.yaml", text: "[" }, orphan]), ["a.yaml:1:2 YAML_SYNTAX"]);
  assert.deepEqual(findingsOf([orphan]), ["b.yaml:1:5 UNKNOWN_OBJECT"]);
});

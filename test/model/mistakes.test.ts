import assert from "node:assert/strict";
import test from "node:test";
import { FINDING_CODES, type FindingCode } from "../../src/model/finding-codes.ts";
import { findingsOf } from "../helpers/data-model.ts";

/** `@` marks the place where the finding must point. */
interface Mistake {
  readonly name: string;
  readonly code: FindingCode;
  readonly text: string;
}

const parameter = (fields: string) => `in: Device.\nstandard: vendor\nparameters:\n  Some: ${fields}\n`;
const some = (fields: string) => parameter(`{ description: "Some.", ${fields} }`);
const table = (fields: string, rows = "accounts") =>
  `in: Device.\nstandard: vendor\ntables:\n  T:\n    description: "T."\n    rows: ${rows}\n    parameters:\n      Some: { description: "Some.", ${fields} }\n`;
const rule = (text: string) => `in: Device.
standard: vendor
parameters:
  Number: { type: int, access: rw, agent: stored, description: "A number." }
  Text: { type: string, access: rw, agent: stored, description: "A text." }
  Switch: { type: boolean, access: rw, agent: stored, description: "A switch." }
tables:
  T:
    description: "T."
    rows: 2
    parameters:
      Other: { type: int, access: rw, agent: stored, description: "Of a row." }
rules:
  ${text}
`;

/** A table with a table in its row, and one alias. */
const alias = (text: string, body = "") => `in: Device.
standard: vendor
tables:
  T:
    description: "T."
    rows: 2
    ${body}
    tables: { Inner: { description: "Inner.", rows: 1 } }
aliases:
  ${text}
`;

const MISTAKES: readonly Mistake[] = [
  { name: "text that is no YAML", code: "YAML_SYNTAX", text: "in: Device.\nparameters: {\n@" },
  { name: "an empty file", code: "MISSING_FIELD", text: "@" },
  { name: "a field twice", code: "DUPLICATE_FIELD", text: some("type: int, access: rw, agent: stored, @type: int") },
  { name: "a misspelt field", code: "UNKNOWN_FIELD", text: some("type: int, access: rw, @acess: rw, agent: stored") },
  { name: "a misspelt field of a file", code: "UNKNOWN_FIELD", text: "in: Device.\n@parameter: {}\n" },
  { name: "no type", code: "MISSING_FIELD", text: parameter('@{ description: "Some.", access: rw, agent: stored }') },
  { name: "no access", code: "MISSING_FIELD", text: parameter('@{ description: "Some.", type: int, agent: stored }') },
  { name: "no description", code: "MISSING_FIELD", text: parameter("@{ type: int, access: rw, agent: stored }") },
  {
    name: "no standard anywhere",
    code: "MISSING_FIELD",
    text: 'in: Device.\nparameters:\n  Some: @{ type: int, access: rw, agent: stored, description: "Some." }\n',
  },
  { name: "no `in`", code: "MISSING_FIELD", text: "@standard: vendor\n" },
  {
    name: "an empty description",
    code: "WRONG_VALUE",
    text: parameter('{ type: int, access: rw, agent: stored, description: @"" }'),
  },
  { name: "a parameter that is no mapping", code: "WRONG_TYPE", text: parameter("@text") },
  { name: "a parameter without anything", code: "WRONG_TYPE", text: parameter("@") },
  { name: "a list where text is wanted", code: "WRONG_TYPE", text: some("type: @[int], access: rw, agent: stored") },
  { name: "an alias", code: "WRONG_TYPE", text: some("type: &t int, units: @*t , access: rw, agent: stored") },
  { name: "rules that are no list", code: "WRONG_TYPE", text: "in: Device.\nrules: @{ order: [A, B] }\n" },
  { name: "an unknown type", code: "WRONG_VALUE", text: some("type: @integer, access: rw, agent: stored") },
  { name: "an unknown flag", code: "WRONG_VALUE", text: some("type: int, access: rw, agent: stored, hidden: @yes") },
  { name: "an unknown agent value", code: "WRONG_VALUE", text: some("type: int, access: r, agent: @uptime") },
  {
    name: "an unknown format",
    code: "WRONG_VALUE",
    text: some("type: string, format: @email, access: rw, agent: stored"),
  },
  {
    name: "an unknown standard",
    code: "WRONG_VALUE",
    text: some("type: int, access: rw, agent: stored, standard: @mine"),
  },
  {
    name: "a length that is not a number",
    code: "WRONG_VALUE",
    text: some("type: string, maxLength: @long, access: rw, agent: stored"),
  },
  {
    name: "a condition without a value",
    code: "WRONG_VALUE",
    text: some("type: int, access: rw, agent: stored, writableWhen: @Other"),
  },
  {
    name: "a condition that the other parameter cannot meet",
    code: "WRONG_VALUE",
    text: rule("[]").replace("A text.", 'A text.", writableWhen: @"Switch = on'),
  },
  {
    name: "a condition in the row of another table",
    code: "WRONG_VALUE",
    text: rule("[]").replace("A text.", 'A text.", writableWhen: @"Device.T.{i}.Other = 1'),
  },
  {
    name: "a table that is fixed and creatable",
    code: "WRONG_VALUE",
    text: table("type: int, access: r, constant: 1", "2\n    creatable: @true"),
  },
  {
    name: "a dynamic table without a limit",
    code: "MISSING_FIELD",
    text: table("type: int, access: r, constant: 1", "dynamic").replace("    description", "    @description"),
  },
  {
    name: "a limit where rows do not come and go",
    code: "WRONG_VALUE",
    text: table("type: int, access: r, constant: 1", "2\n    max: @3"),
  },
  {
    name: "a reference to no table",
    code: "UNKNOWN_TABLE",
    text: some("type: string, access: rw, agent: stored, reference: @Device.Nowhere."),
  },
  {
    name: "a reference that the agent does not keep",
    code: "WRONG_VALUE",
    text: `${table("type: int, access: r, constant: 1", "2")}parameters:\n  Ref: { description: "Ref.", type: string, access: rw, config: Config.A.B.C, reference: @Device.T. }\n`,
  },
  { name: "a table without rows", code: "WRONG_VALUE", text: table("type: int, access: r, constant: 1", "@0") },
  {
    name: "a name with a dot",
    code: "BAD_NAME",
    text: 'in: Device.\nstandard: vendor\nobjects:\n  @A.B: { description: "A." }\n',
  },
  {
    name: "a name that starts with a digit",
    code: "BAD_NAME",
    text: 'in: Device.\nstandard: vendor\nobjects:\n  @1A: { description: "A." }\n',
  },
  {
    name: "a parameter and an object of one name",
    code: "DUPLICATE_PATH",
    text: `${some("type: int, access: rw, agent: stored")}objects:\n  @Some: { description: "Some." }\n`,
  },
  {
    name: "a path that is too long",
    code: "PATH_TOO_LONG",
    text: `in: Device.\nstandard: vendor\nobjects:\n  @${"A".repeat(256)}: { description: "A." }\n`,
  },
  { name: "`in` without its dot", code: "UNKNOWN_OBJECT", text: "in: @Device\n" },
  {
    name: "a condition on nothing",
    code: "UNKNOWN_PATH",
    text: some("type: int, access: rw, agent: stored, writableWhen: @Other = 1"),
  },
  { name: "a rule on nothing", code: "UNKNOWN_PATH", text: rule("- { order: [Number, @Nummer] }") },
  {
    name: "a key for a table that is elsewhere",
    code: "UNKNOWN_TABLE",
    text: some('type: int, access: rw, config: @"Config.A{T}.B.C"'),
  },
  { name: "entries of no table", code: "UNKNOWN_TABLE", text: some("type: unsignedInt, access: r, entries: @Rows") },
  { name: "a range of text", code: "BAD_FACET", text: some("type: string, range: @1..5, access: rw, agent: stored") },
  {
    name: "an enumeration of numbers",
    code: "BAD_FACET",
    text: some("type: int, enumeration: @[1, 2], default: 1, access: rw, agent: stored"),
  },
  { name: "a length of numbers", code: "BAD_FACET", text: some("type: int, maxLength: @5, access: rw, agent: stored") },
  {
    name: "pattern and format",
    code: "BAD_FACET",
    text: some("type: string, format: macAddress, pattern: @a*, access: rw, agent: stored"),
  },
  {
    name: "an encoding without a key",
    code: "BAD_FACET",
    text: some("type: string, access: rw, agent: stored, encoding: @text"),
  },
  { name: "a range without ends", code: "BAD_RANGE", text: some("type: int, range: @.., access: rw, agent: stored") },
  {
    name: "a range with words",
    code: "BAD_RANGE",
    text: some("type: int, range: @one..two, access: rw, agent: stored"),
  },
  {
    name: "a range that goes down",
    code: "BAD_RANGE",
    text: some("type: unsignedInt, range: @9..1, access: rw, agent: stored"),
  },
  {
    name: "a range beyond the type",
    code: "BAD_RANGE",
    text: some("type: unsignedInt, range: @-1..9, access: rw, agent: stored"),
  },
  {
    name: "a bad regular expression",
    code: "BAD_PATTERN",
    text: some('type: string, pattern: @"(", access: rw, agent: stored'),
  },
  {
    name: "a word that is too long",
    code: "BAD_ENUMERATION",
    text: some("type: string, maxLength: 2, enumeration: [A, @Abc], default: A, access: rw, agent: stored"),
  },
  {
    name: "a word that the encoding lacks",
    code: "BAD_ENUMERATION",
    text: some(
      "type: string, enumeration: [DHCP, @Auto], default: DHCP, access: rw, config: Config.A.B.C, encoding: addressingType",
    ),
  },
  {
    name: "a default out of range",
    code: "BAD_DEFAULT",
    text: some("type: int, range: 1..5, default: @6, access: rw, agent: stored"),
  },
  {
    name: "a constant of the wrong type",
    code: "BAD_DEFAULT",
    text: some("type: boolean, access: r, constant: @maybe"),
  },
  {
    name: "no default where there must be one",
    code: "BAD_DEFAULT",
    text: parameter('@{ description: "Some.", type: unsignedInt, range: 1.., access: rw, agent: stored }'),
  },
  {
    name: "a default too few",
    code: "ROW_COUNT",
    text: table("type: int, default: @[1, 2], access: r, live: Status.A", "3"),
  },
  { name: "constants without a table", code: "ROW_COUNT", text: some("type: int, access: r, constant: @[1, 2]") },
  { name: "constants for accounts", code: "ROW_COUNT", text: table("type: int, access: r, constant: @[1, 2]") },
  { name: "no source", code: "NO_SOURCE", text: parameter('@{ description: "Some.", type: int, access: r }') },
  {
    name: "two sources",
    code: "SEVERAL_SOURCES",
    text: some("type: int, access: rw, config: Config.A.B.C, agent: @stored"),
  },
  {
    name: "a constant with a default",
    code: "SEVERAL_SOURCES",
    text: some("type: int, access: r, constant: 1, default: @2"),
  },
  {
    name: "a setting with an action",
    code: "SEVERAL_SOURCES",
    text: some("type: int, access: rw, config: Config.A.B.C, action: @Action.A"),
  },
  { name: "a key with too few parts", code: "BAD_KEY", text: some("type: int, access: rw, config: @Config.A.B") },
  { name: "a live key among the settings", code: "BAD_KEY", text: some("type: int, access: r, live: @Config.A.B.C") },
  {
    name: "two keys for one text",
    code: "KEY_COUNT",
    text: some("type: string, access: rw, config: @[Config.A.B.C, Config.A.B.D]"),
  },
  {
    name: "one key for two texts",
    code: "KEY_COUNT",
    text: some("type: string, access: rw, config: @Config.A.B.C, encoding: textAndEnable"),
  },
  {
    name: "one key for all accounts",
    code: "KEY_SHARED_BY_ROWS",
    text: table("type: int, access: rw, config: @Config.A.B.C"),
  },
  {
    name: "one key with two defaults",
    code: "KEY_CONFLICT",
    text: `${some("type: int, default: 1, access: rw, config: Config.A.B.C")}  @More: { type: int, default: 2, access: rw, config: Config.A.b.C, description: "More." }\n`,
  },
  {
    name: "an unknown encoding",
    code: "UNKNOWN_ENCODING",
    text: some("type: int, access: rw, config: Config.A.B.C, encoding: @roman"),
  },
  {
    name: "an encoding for another type",
    code: "ENCODING_TYPE",
    text: some("type: string, default: 1, access: r, config: Config.A.B.C, encoding: @integer"),
  },
  { name: "a writable constant", code: "NOT_WRITABLE", text: some("type: int, access: @rw, constant: 1") },
  { name: "a writable status", code: "NOT_WRITABLE", text: some("type: int, access: @rw, live: Status.A") },
  { name: "a writable identity", code: "NOT_WRITABLE", text: some("type: string, access: @rw, agent: oui") },
  { name: "a rule of another form", code: "WRONG_VALUE", text: rule("- @{ when: Switch }") },
  { name: "an order of one", code: "WRONG_VALUE", text: rule("- { order: @[Number] }") },
  { name: "a limit that cannot be", code: "WRONG_VALUE", text: rule("- { order: [Number, Number], unless: @never }") },
  { name: "a rule into another row", code: "WRONG_VALUE", text: rule('- { order: [Number, @"T.{i}.Other"] }') },
  { name: "an order of texts", code: "RULE_TYPE", text: rule("- { order: [Number, @Text] }") },
  { name: "a switch that is none", code: "RULE_TYPE", text: rule("- { when: @Text, needs: Text }") },
  {
    name: "an alias of nothing",
    code: "UNKNOWN_TABLE",
    text: alias('A: { of: @Device.None., description: "A." }'),
  },
  { name: "an alias without a table", code: "MISSING_FIELD", text: alias('A: @{ description: "A." }') },
  {
    name: "an alias of a table in a row",
    code: "WRONG_VALUE",
    text: alias('A: { of: @"Device.T.{i}.Inner.", description: "A." }'),
  },
  {
    name: "an alias in a row",
    code: "WRONG_VALUE",
    text: alias('A: { of: Device.T., description: "A." }', 'aliases: { B: { of: @Device.T., description: "B." } }'),
  },
  {
    name: "an alias with a path that is too long",
    code: "PATH_TOO_LONG",
    text: alias(`${"A".repeat(240)}: { of: @Device.T., description: "A." }`),
  },
  {
    name: "an alias with a name that is taken",
    code: "DUPLICATE_PATH",
    text: alias('@T: { of: Device.T., description: "A." }'),
  },
  { name: "a need that is never empty", code: "RULE_TYPE", text: rule("- { when: Switch, needs: @Number }") },
];

function placeOf(text: string): string {
  const before = text.slice(0, text.indexOf("@")).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

for (const { name, code, text } of MISTAKES) {
  test(`${name} is ${code}`, () => {
    const found = findingsOf([{ file: "bad.yaml", text: text.replace("@", "") }]);
    assert.ok(found.includes(`bad.yaml:${placeOf(text)} ${code}`), `found: ${found.join("; ")}`);
    assert.equal(found.length, 1, `nothing else: ${found.join("; ")}`);
  });
}

test("every kind of mistake has a fixture", () => {
  const met = new Set<string>(MISTAKES.map(({ code }) => code));
  assert.deepEqual(
    Object.keys(FINDING_CODES).filter((code) => !met.has(code)),
    [],
  );
});

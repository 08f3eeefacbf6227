import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { registerParams } from "../../src/cli/commands/params.ts";
import { dataModelXml } from "../../src/cli/params/data-model-xml.ts";
import { runCli } from "../../src/cli/program.ts";
import { EXTENSION_NAMES, type ExtensionName } from "../../src/config/extensions.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { compileDataModel } from "../../src/model/compile.ts";
import type { ParameterDef } from "../../src/model/types.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import type { XmlElement } from "../../src/soap/messages.ts";
import { parseXml } from "../../src/soap/xml-reader.ts";
import { capturedIo } from "../helpers/captured-io.ts";
import { DATA_MODEL_SCHEMA_MISSING, dataModelProblems } from "../helpers/data-model-schema.ts";

const folder = mkdtempSync(join(tmpdir(), "data-model-"));
after(() => rmSync(folder, { recursive: true }));

async function params(...args: readonly string[]) {
  const captured = capturedIo();
  const exitCode = await runCli(["params", ...args], captured.io, [registerParams]);
  return { exitCode, stdout: captured.stdout(), stderr: captured.stderr() };
}

const withExtensions = (names: readonly ExtensionName[]) => names.flatMap((name) => ["--extension", name]);
const VARIANTS: readonly (readonly [string, readonly ExtensionName[]])[] = [
  ["the phone's own data model", []],
  ["every extension", EXTENSION_NAMES],
];

/** An `object` element as a reader of the file takes it. */
interface ReadObject {
  readonly name: string;
  readonly access: string;
  readonly minEntries: number;
  readonly maxEntries: number;
  readonly counter: string | undefined;
  readonly parameters: ReadonlyMap<string, XmlElement>;
}

function readObjects(xml: string): readonly ReadObject[] {
  const [model = assert.fail("no model")] = parseXml(xml).children;
  return childrenOf(model, "object").map((object) => ({
    name: attribute(object, "name") ?? "",
    access: attribute(object, "access") ?? "",
    minEntries: Number(attribute(object, "minEntries")),
    maxEntries: Number(attribute(object, "maxEntries")),
    counter: attribute(object, "numEntriesParameter"),
    parameters: new Map(childrenOf(object, "parameter").map((one) => [attribute(one, "name") ?? "", one])),
  }));
}

function childrenOf({ children }: XmlElement, name: string): readonly XmlElement[] {
  return children.filter((child) => child.name === name);
}

function attribute({ attributes }: XmlElement, name: string): string | undefined {
  return attributes.get(name);
}

/** What the element says of type, access, facets and default, in the words of the compiled data model. */
function factsOf(parameter: XmlElement): object {
  const [syntax = assert.fail("no syntax")] = childrenOf(parameter, "syntax");
  const [list] = childrenOf(syntax, "list");
  const type = syntax.children.find(({ name }) => name !== "list" && name !== "default") ?? assert.fail("no type");
  const one = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
    element === undefined ? undefined : childrenOf(element, name)[0];
  const value = (element: XmlElement | undefined, name: string): string | null =>
    (element && attribute(element, name)) ?? null;
  const enumeration = childrenOf(type, "enumeration").map((item) => attribute(item, "value"));
  return {
    writable: attribute(parameter, "access") === "readWrite",
    notification: attribute(parameter, "activeNotify") ?? "normal",
    forcedInform: attribute(parameter, "forcedInform") === "true",
    type: type.name,
    list: list !== undefined,
    maxLength: value(one(list ?? type, "size"), "maxLength"),
    minimum: value(one(type, "range"), "minInclusive"),
    maximum: value(one(type, "range"), "maxInclusive"),
    enumeration: enumeration.length === 0 ? null : enumeration,
    hasPattern: one(type, "pattern") !== undefined,
    reference: value(one(type, "pathRef"), "targetParent"),
    hidden: attribute(syntax, "hidden") === "true",
    default: value(one(syntax, "default"), "value"),
  };
}

/** The same of the compiled data model. */
function expectedFacts(def: ParameterDef): object {
  const { writable, notification, forcedInform, type, list, enumeration, reference, hidden, source } = def;
  const text = (number: bigint | number | null): string | null => (number === null ? null : String(number));
  const isSetting = source.kind === "config" || (source.kind === "agent" && source.value === "stored");
  const defaults = source.kind === "constant" ? source.values : isSetting ? def.defaults : [];
  return {
    ...{ writable, notification, forcedInform, type, list, enumeration, reference, hidden },
    maxLength: text(def.maxLength),
    minimum: text(def.minimum),
    maximum: text(def.maximum),
    hasPattern: def.pattern !== null,
    default: defaults.length === 1 ? (defaults[0] ?? "") : null,
  };
}

describe("params --format xml", () => {
  for (const [what, extensions] of VARIANTS) {
    const xmlOf = async () => (await params("--format", "xml", ...withExtensions(extensions))).stdout;

    test(`${what}: it is what the schema of the Broadband Forum wants`, {
      skip: DATA_MODEL_SCHEMA_MISSING,
    }, async () => {
      assert.deepEqual(await dataModelProblems([await xmlOf()]), [null]);
    });

    test(`${what}: read back it is the compiled data model, parameter by parameter`, async () => {
      const model = loadDataModel(defaultDataModelFolder(), extensions);
      const read = readObjects(await xmlOf());
      const byTemplate = new Map(model.parameters.map((def) => [def.template, def]));
      const seen = new Set<string>();
      for (const { name, parameters } of read) {
        for (const [parameter, element] of parameters) {
          // Below the alias there are the parameters of the table that it shows.
          const template = `${name}${parameter}`.replace(
            "Device.Services.VoiceService.{i}.",
            "Device.LAN.VoiceService.{i}.",
          );
          const def = byTemplate.get(template) ?? assert.fail(`${template} is not in the data model`);
          seen.add(template);
          assert.deepEqual(factsOf(element), expectedFacts(def), template);
          assert.ok(childrenOf(element, "description")[0]?.text.startsWith(def.description), template);
        }
      }
      assert.deepEqual(
        model.parameters.filter(({ template }) => !seen.has(template)).map(({ template }) => template),
        [],
      );
    });

    test(`${what}: with the rows of a phone it is the list of params --names`, async () => {
      const { stdout } = await params("--names", ...withExtensions(extensions));
      const listed = stdout.split("\n").slice(0, -1);
      const { factory } = createLayouts(loadDataModel(defaultDataModelFolder(), extensions), {
        accounts: 3,
        accountsFixed: false,
      });
      const expanded = expand(readObjects(await xmlOf()), (table) => factory.rowCount(table));
      assert.deepEqual(expanded.toSorted(), listed.toSorted());
    });
  }

  test("a table says how many rows it can have, which parameter counts them, and whether they can come and go", async () => {
    const { stdout } = await params("--format", "xml", ...withExtensions(EXTENSION_NAMES));
    const tables = readObjects(stdout).filter(({ name }) => name.endsWith("{i}."));
    const told = tables.map(({ name, access, minEntries, maxEntries, counter }) =>
      [name.replaceAll(".{i}", ""), access, minEntries, maxEntries, counter ?? ""].join(" "),
    );
    assert.deepEqual(told.slice(0, 5), [
      "Device.LAN.VoiceService. readOnly 1 1 ",
      "Device.LAN.VoiceService.Capabilities.SIP.Codecs. readOnly 10 10 ",
      "Device.LAN.VoiceService.VoiceProfile. readWrite 0 3 VoiceProfileNumberOfEntries",
      "Device.LAN.VoiceService.VoiceProfile.Line. readOnly 1 1 ",
      "Device.LAN.VoiceService.VoiceProfile.Line.Codec.List. readOnly 10 10 ",
    ]);
    assert.ok(told.includes("Device.Services.VoiceService. readOnly 1 1 VoiceServiceNumberOfEntries"));
    assert.ok(told.includes("Device.Services.VoiceService.VoiceProfile. readWrite 0 3 VoiceProfileNumberOfEntries"));
    assert.ok(told.includes("Device.XMPP.Connection. readWrite 0 4 ConnectionNumberOfEntries"));
    assert.ok(told.includes("Device.XMPP.Connection.Server. readWrite 0 4 ServerNumberOfEntries"));
  });

  test("fixed accounts are a table of exactly so many rows", async () => {
    const file = join(folder, "fixed.yaml");
    writeFileSync(file, "phone: { accounts: 2, accountsFixed: true }");
    const { stdout } = await params("--format", "xml", "--config", file);
    const table = readObjects(stdout).find(({ name }) => name.endsWith("VoiceProfile.{i}."));
    assert.deepEqual([table?.access, table?.minEntries, table?.maxEntries], ["readOnly", 2, 2]);
  });

  test("what the schema has no word for is in the description", async () => {
    const { stdout } = await params("--format", "xml");
    const text = (name: string): string =>
      new RegExp(`<parameter name="${name}"[^>]*>\\s*<description>(.*)</description>`).exec(stdout)?.[1] ?? "";
    assert.match(
      text("SubnetMask"),
      /Writable only while Device\.LAN\.AddressingType is Static\. A change takes effect after a reboot\.$/,
    );
    assert.match(text("PacketizationPeriod"), /In milliseconds\. By row: 20, 20, 30/);
    assert.match(stdout, /<parameter name="Reset"[^>]*>\s*<description>.*<\/description>\s*<syntax command="true">/);
    assert.match(stdout, /<parameter name="PeriodicInformInterval"[\s\S]*?<units value="seconds"\/>/);
  });

  test("texts of a data model of one's own cannot break the markup, and stay ASCII", {
    skip: DATA_MODEL_SCHEMA_MISSING,
  }, async () => {
    const text = `in: Device.
standard: vendor
parameters:
  CUSTOM_Odd:
    description: 'A "quoted" <b>text</b> & more, für alle ]]>'
    type: string
    maxLength: 80
    pattern: '(?!x)[<&"é]*'
    access: rw
    config: Config.Odd.ODD.Odd
  CUSTOM_Number:
    description: Any number.
    type: long
    range: -5..
    access: r
    constant: 7
    units: a unit of more than thirty-two characters
  CUSTOM_Word: { description: A word., type: string, enumeration: ['a&b', '"c"'], access: r, constant: 'a&b' }
`;
    const model = compileDataModel([{ file: "own.yaml", text }]);
    const xml = dataModelXml({ model, accounts: 1, accountsFixed: false });
    assert.match(xml, /^[\n -~]*$/);
    assert.deepEqual(await dataModelProblems([xml]), [null]);
    const [object = assert.fail("no object")] = readObjects(xml);
    const description = (name: string): string | undefined =>
      childrenOf(object.parameters.get(name) ?? assert.fail(name), "description")[0]?.text;
    assert.equal(
      description("CUSTOM_Odd"),
      'A "quoted" <b>text</b> & more, für alle ]]> Must match the regular expression ^(?:(?!x)[<&"é]*)$',
    );
    assert.match(description("CUSTOM_Number") ?? "", /In a unit of more than thirty-two characters\.$/);
  });

  test("the check against the schema finds what is wrong", { skip: DATA_MODEL_SCHEMA_MISSING }, async () => {
    const { stdout } = await params("--format", "xml");
    const broken = [
      stdout.replace(' minEntries="1"', ""),
      stdout.replace('access="readOnly"', 'access="read"'),
      stdout.replace('name="Device.LAN."', 'name="Device.DeviceInfo."'),
    ];
    const found = await dataModelProblems([stdout, ...broken]);
    assert.deepEqual(
      found.map((problem) => problem === null),
      [true, false, false, false],
    );
  });

  const xmllint = spawnSync("xmllint", ["--version"]).status === 0;
  const skip = DATA_MODEL_SCHEMA_MISSING || (xmllint ? false : "needs xmllint");

  test("the program xmllint has nothing against it", { skip }, async () => {
    const schema = fileURLToPath(new URL("../../../shared/schemas/cwmp-datamodel-1-9.xsd", import.meta.url));
    const { stdout } = await params("--format", "xml", ...withExtensions(EXTENSION_NAMES));
    const { status, stderr } = spawnSync("xmllint", ["--nonet", "--noout", "--schema", schema, "-"], {
      input: stdout,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
  });

  test("a path, another format or a second kind of output is wrong usage", async () => {
    const path = await params("--format", "xml", "Device.LAN.");
    assert.equal(path.exitCode, 2);
    assert.match(path.stderr, /describes the whole tree: leave the path out/);
    for (const args of [
      ["--format", "yaml"],
      ["--format", "xml", "--names"],
      ["--values", "--format", "csv"],
      ["--json", "--format", "csv"],
    ]) {
      assert.equal((await params(...args)).exitCode, 2, args.join(" "));
    }
  });
});

/** Objects and parameters with their instance numbers, and Writable as in GetParameterNames. */
function expand(objects: readonly ReadObject[], rowCount: (table: string) => number): readonly string[] {
  const paths = new Map<string, readonly string[]>([["", [""]]]);
  return objects.flatMap(({ name, access, parameters }) => {
    const isRow = name.endsWith("{i}.");
    const parent = name.replace(/[^.]+\.(?:\{i\}\.)?$/, "");
    const writable = access === "readWrite" ? 1 : 0;
    const tables = (paths.get(parent) ?? assert.fail(`${name} comes before its parent`)).map(
      (path) => `${path}${name.slice(parent.length).replace("{i}.", "")}`,
    );
    const own = isRow
      ? tables.flatMap((table) => Array.from({ length: rowCount(table) }, (_, at) => `${table}${at + 1}.`))
      : tables;
    paths.set(name, own);
    const lines = own.flatMap((path) => [
      `${path}\t${writable}`,
      ...[...parameters].map(
        ([parameter, element]) => `${path}${parameter}\t${attribute(element, "access") === "readWrite" ? 1 : 0}`,
      ),
    ]);
    return isRow ? [...tables.map((table) => `${table}\t${writable}`), ...lines] : lines;
  });
}

/** Data models in the language of the Broadband Forum (`dm:document`) as dumps. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { dataModelXml } from "../../src/cli/params/data-model-xml.ts";
import { openDataModel } from "../../src/config/open-data-model.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { UNKNOWN_TIME } from "../../src/cwmp/types.ts";
import type { ParameterDef } from "../../src/model/types.ts";
import { checkValue } from "../../src/model/value.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { cloneOf } from "../helpers/clone.ts";

// On one Node only: data models of every form and size say the same on every Node.

const ROUTER = readFileSync(new URL("../../examples/clone/router.xml", import.meta.url), "utf8");
const RADIO = "Device.WiFi.Radio.";
const SSID = "Device.WiFi.SSID.";

function document(...parts: readonly string[]): string {
  return [`<dm:document xmlns:dm="urn:broadband-forum-org:cwmp:datamodel-1-9">`, ...parts, "</dm:document>"].join("\n");
}

const TEXT = `<syntax><string/></syntax>`;
const named = (name: string, syntax = TEXT): string =>
  `<parameter name="${name}" access="readWrite">${syntax}</parameter>`;
const object = (name: string, ...parameters: readonly string[]): string =>
  `<object name="${name}" access="readOnly" minEntries="1" maxEntries="1">${parameters.join("")}</object>`;

async function factoryOf(text: string) {
  const clone = await cloneOf(text, "model.xml");
  return { ...clone, factory: createLayouts(clone.model, { accounts: 1, accountsFixed: false }).factory };
}

const found = (report: { readonly findings: readonly { code: string; line: number }[] }): readonly string[] =>
  report.findings.map(({ code, line }) => `${code} ${line}`);

async function refusalOf(text: string): Promise<string> {
  const error: unknown = await cloneOf(text, "model.xml").then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof FindingsError);
  return error.message;
}

test("a data model becomes a clone: tables with the rows that they must have, at least one, and what counts them", async () => {
  const { factory, report, format } = await factoryOf(ROUTER);
  assert.match(format, /Broadband Forum/);
  assert.deepEqual(
    report.tables.map(({ path, rows, creatable }) => [path, rows, creatable]),
    [
      [RADIO, 2, false],
      [SSID, 1, true],
    ],
  );
  assert.deepEqual([report.unsaid.rows, report.unsaid.access, report.unsaid.limits], [1, 0, false]);
  assert.deepEqual(factory.get("Device.WiFi.RadioCount")?.def.source, { kind: "entries", table: RADIO });
  const { rows } = factory.table(SSID)?.node ?? {};
  assert.equal(rows?.kind === "listed" ? rows.max : null, 8);
  assert.equal(factory.get(`${RADIO}2.Stats.BytesSent`)?.def.type, "unsignedLong");
  assert.deepEqual(found(report), ["ELSEWHERE 17"]);
  assert.match(report.findings[0]?.message ?? "", /StatsCounter64 is in tr-106-types\.xml, which is not read/);
});

test("values are the defaults, else empty, else the first that is allowed; ranges, lengths and patterns are kept", async () => {
  const { factory } = await factoryOf(ROUTER);
  const initial = (path: string): string | undefined => factory.get(path)?.initial;
  assert.deepEqual(
    [`${RADIO}1.Channel`, `${RADIO}1.TransmitPower`, `${RADIO}1.Band`, `${SSID}1.SSID`, `${SSID}1.Modes`].map(initial),
    ["6", "10", "2.4GHz", "new network", ""],
  );
  assert.equal(initial(`${SSID}1.Created`), UNKNOWN_TIME);
  const isRefused = (path: string, value: string): boolean => {
    const ref = factory.get(path);
    assert.ok(ref, path);
    return checkValue(ref.def, value) !== null;
  };
  for (const [path, good, bad] of [
    [`${RADIO}1.Channel`, "13", "14"],
    [`${RADIO}1.TransmitPower`, "20", "25"],
    [`${SSID}1.SSID`, "x".repeat(32), "x".repeat(33)],
    [`${SSID}1.Modes`, "b,n", "b,x"],
    ["Device.WiFi.HostName", "a-1", "-a"],
  ] as const)
    assert.deepEqual([isRefused(path, good), isRefused(path, bad)], [false, true], path);
  assert.equal(factory.get(`${SSID}1.PIN`)?.def.hidden, true);
  assert.equal(factory.get(`${RADIO}1.TransmitPower`)?.def.notification, "canDeny");
});

test("what the data model has in every Inform is in every Inform, but not of each row of a table", async () => {
  const forced = (name: string): string =>
    `<parameter name="${name}" access="readOnly" forcedInform="true">${TEXT}</parameter>`;
  const { factory } = await factoryOf(
    document(
      `<model name="Device:1.0">${object("Device.", forced("DeviceSummary"))}`,
      object("Device.DeviceInfo.", forced("X_EXAMPLE_Site"), named("Plain")),
      `<object name="Device.WAN.{i}." access="readOnly" minEntries="2" maxEntries="2">${forced("Address")}</object>`,
      "</model>",
    ),
  );
  const paths = factory.forcedInform.map(({ path }) => path);
  assert.deepEqual(
    [
      "DeviceSummary",
      "DeviceInfo.X_EXAMPLE_Site",
      "DeviceInfo.SoftwareVersion",
      "DeviceInfo.Plain",
      "WAN.1.Address",
    ].map((name) => paths.includes(`Device.${name}`)),
    [true, true, true, false, false],
  );
});

test("a row that AddObject adds has the values that the data model says of new rows", async () => {
  const { factory } = await factoryOf(ROUTER);
  const row = factory.table(SSID)?.node.row.children ?? [];
  const defaults = row.map((node) => (node.kind === "parameter" ? `${node.name} ${node.defaults[0]}` : ""));
  assert.deepEqual(defaults.slice(0, 3), ["SSID new network", "PIN ", "Modes "]);
});

test("what other files hold is said once and left out, or taken as text; the rest is cloned", async () => {
  const { factory, report } = await factoryOf(
    document(
      '<import file="tr-181-2-11.xml"><model name="Device:2.11"/><component name="Diagnostics"/></import>',
      '<model name="Device:2.12" base="Device:2.11">',
      '<component ref="Diagnostics" path="Device."/>',
      `${object("Device.A.", named("One", '<syntax><dataType ref="IPAddress"/></syntax>'))}`,
      `${object("Device.B.", named("Two", '<syntax><dataType ref="IPAddress"/></syntax>'), '<parameter base="Old" access="readOnly"/>')}`,
      "</model>",
    ),
  );
  assert.deepEqual(found(report), ["ELSEWHERE 3", "ELSEWHERE 4", "ELSEWHERE 5"]);
  assert.deepEqual(
    ["Device.A.One", "Device.B.Two", "Device.B.Old"].map((path) => factory.get(path)?.def.type),
    ["string", "string", "string"],
  );
  assert.equal(report.unsaid.type, 1);
});

test("a model that builds on another of the same file changes it: new syntax, new access, what is deleted is gone", async () => {
  const { factory, report } = await factoryOf(
    document(
      `<model name="Device:1.0">${object("Device.A.", named("Kept"), named("Changed"), named("Gone"))}</model>`,
      '<model name="Device:1.1" base="Device:1.0"><object base="Device.A.">',
      '<parameter base="Kept" access="readOnly"/><parameter base="Gone" status="deleted"/>',
      '<parameter base="Changed"><syntax><int/></syntax></parameter></object></model>',
    ),
  );
  assert.deepEqual(found(report), []);
  assert.deepEqual(
    [factory.get("Device.A.Kept")?.def.writable, factory.get("Device.A.Kept")?.def.type],
    [false, "string"],
  );
  assert.deepEqual(
    [factory.get("Device.A.Changed")?.def.writable, factory.get("Device.A.Changed")?.def.type],
    [true, "int"],
  );
  assert.equal(factory.get("Device.A.Gone"), undefined);
});

test("parts that hold themselves, or one another without end, are findings; so are patterns that could take long", async () => {
  const twice = (name: string, of: string): string =>
    `<component name="${name}"><component ref="${of}" path="X."/><component ref="${of}" path="Y."/></component>`;
  const { report, factory } = await factoryOf(
    document(
      ...Array.from({ length: 30 }, (_, at) => twice(`C${at}`, `C${at + 1}`)),
      twice("Loop", "Loop"),
      '<dataType name="Round" base="Round"/>',
      `<model name="Device:1.0">${object("Device.A.", named("Slow", '<syntax><string><pattern value="(a+)+b"/></string></syntax>'))}`,
      `${object("Device.B.", named("Round", '<syntax><dataType ref="Round"/></syntax>'))}`,
      '<component ref="C0" path="Device."/><component ref="Loop" path="Device."/></model>',
    ),
  );
  const codes = new Set(report.findings.map(({ code }) => code));
  assert.deepEqual(codes, new Set(["TOO_DEEP", "PATTERN_LEFT_OUT", "BAD_TYPE"]));
  assert.equal(factory.get("Device.A.Slow")?.def.pattern, null);
});

test("a service is below Device.Services., commands and events of USP are left out", async () => {
  const { factory, report } = await factoryOf(
    document(
      '<model name="VoiceService:1.0" isService="true">',
      `<object name="VoiceService.{i}." access="readOnly" minEntries="0" maxEntries="unbounded">${named("Name")}`,
      '<command name="Test()"/></object></model>',
    ),
  );
  assert.equal(factory.get("Device.Services.VoiceService.1.Name")?.def.writable, true);
  assert.deepEqual(found(report), ["NOT_OF_CWMP 4"]);
});

test("a document that is broken, or none, or has no model, is refused with its place", async () => {
  assert.match(
    await refusalOf('<dm:document xmlns:dm="urn:x">\n  <model>\n  </modle>\n</dm:document>'),
    /model\.xml:3:\d+: .*not well-formed/,
  );
  assert.match(await refusalOf("<html>\n<body/></html>"), /model\.xml:1:1: the root element is html, not dm:document/);
  assert.match(await refusalOf(document('<component name="A"/>')), /the document has no model/);
  assert.match(await refusalOf(`<!DOCTYPE d [<!ENTITY a "b">]>${document()}`), /DOCTYPE/);
  assert.match(
    await refusalOf(document(`<model name="M">${object("Router.A.", named("B"))}</model>`)),
    /not below Device/,
  );
});

test("tables in tables that must have many rows end at the most parameters of a clone", async () => {
  const path = "Device.A.{i}.B.{i}.C.{i}.D.{i}.";
  const tables = ["Device.A.{i}.", "Device.A.{i}.B.{i}.", "Device.A.{i}.B.{i}.C.{i}.", path].map(
    (name) => `<object name="${name}" access="readOnly" minEntries="32" maxEntries="32">${named("P")}</object>`,
  );
  const { report } = await cloneOf(document(`<model name="Device:1.0">${tables.join("")}</model>`));
  assert.equal(report.parameters, 100_000);
  // A second one would say that the other million rows were made too.
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ["TOO_MANY"],
  );
});

test("the data model that the program itself writes becomes a clone with the same parameters, types and access", async () => {
  const model = await openDataModel(null, []);
  const { report, model: clone } = await cloneOf(dataModelXml({ model, accounts: 1, accountsFixed: true }));
  const first = new Map(clone.parameters.map((def) => [def.template.replace(/\.\d+(?=\.)/g, ".{i}"), def]));
  const shared = (def: ParameterDef | undefined) => def && [def.type, def.writable, def.list, def.maxLength];
  // What counts rows is of the clone's own making.
  for (const def of model.parameters.filter(({ name }) => !name.endsWith("NumberOfEntries")))
    assert.deepEqual(shared(first.get(def.template)), shared(def), def.template);
  for (const def of model.parameters.filter(({ forcedInform }) => forcedInform))
    assert.equal(first.get(def.template)?.forcedInform, true, def.template);
  assert.deepEqual(new Set(report.findings.map(({ code }) => code)), new Set(["PATTERN_LEFT_OUT"]));
});

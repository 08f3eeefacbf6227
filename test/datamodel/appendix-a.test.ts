import assert from "node:assert/strict";
import test from "node:test";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { patternText } from "../../src/model/formats.ts";
import type { ParameterDef } from "../../src/model/types.ts";
import { defaultOf } from "../../src/model/value.ts";
import { type AppendixRow, appendixA, templateOf } from "../helpers/appendix-a.ts";

/** What a cell of the table says, as the data model has it. */
const CELLS: Readonly<Record<string, (def: ParameterDef, row: AppendixRow) => string>> = {
  type: (def) => (def.list ? "list" : def.type),
  maxLength: (def, row) => `${def.maxLength ?? ""}${/;.*$/.exec(row.maxLength ?? "") ?? ""}`,
  range: rangeOf,
  access: (def) => (def.writable ? "RW" : "R"),
  defaultNotification: (def) => (def.notification === "normal" ? "none" : def.notification),
  hidden: (def) => (def.hidden ? "yes" : "no"),
  forcedInform: (def) => (def.forcedInform ? "yes" : "no"),
  default: (def, row) => {
    const known = row.default !== "(live)" && def.source.kind !== "entries";
    return known ? defaultOf(def, Number(/\{([0-9]+)\}/.exec(row.path ?? "")?.[1] ?? 1)) : (row.default ?? "");
  },
  units: (def) => def.units ?? "",
  source: (def, row) => (row.source?.startsWith(def.standard) ? row.source : def.standard),
};

function rangeOf(def: ParameterDef): string {
  if (def.enumeration !== null) return def.enumeration.join("|");
  if (def.pattern !== null) return `/${patternText(def.pattern)}/`;
  return def.minimum === null && def.maximum === null ? "" : `${def.minimum ?? ""}..${def.maximum ?? ""}`;
}

const PROFILE = "Device.LAN.VoiceService.{i}.VoiceProfile.{i}.";
const PHONE_BOOKS = "Device.UserInterface.CUSTOM_RemotePhoneBook.CUSTOM_PhoneBook";

/** Defaults and ranges as real phones have them (docs/decisions/0007). */
const FROM_REAL_FILES = Object.fromEntries(
  [
    `${PROFILE}DTMFMethod default`,
    `${PROFILE}SIP.UserAgentPort default`,
    `${PROFILE}SIP.UserAgentPort range`,
    `${PROFILE}SIP.ProxyServerPort range`,
    `${PROFILE}SIP.OutboundProxyPort range`,
    `${PROFILE}SIP.RegisterExpires range`,
    "Device.UserInterface.CUSTOM_DialPlan.CUSTOM_AreaCodeMaxLen default",
    "Device.UserInterface.CUSTOM_Update.CUSTOM_ServerUrl maxLength",
    ...[0, 1, 2, 3, 4].map((book) => `${PHONE_BOOKS}${book}URL maxLength`),
  ].map((name) => [name, "as real phones have it"]),
);

/** Where the data model goes its own way, and why. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "Device.ManagementServer.URL range": "a whole http URL, not just its start",
  "Device.ManagementServer.STUNServerAddress range": "a host that can be looked up, not any text",
  "Device.Time.NTPServer1 range": "a host that can be looked up, with or without a port",
  "Device.Time.NTPServer2 range": "a host that can be looked up, with or without a port",
  "Device.Time.LocalTimeZone range": "a time zone, not any text",
  ...FROM_REAL_FILES,
  "Device.UserInterface.CUSTOM_Update.CUSTOM_AutoProvisionScheduleDayOfWeek range": "8: the days of SomeDayOfWeek",
  "Device.LAN.IPAddress range": "C-277: an address",
  "Device.LAN.SubnetMask range": "C-277: a netmask",
  "Device.LAN.DefaultGateway range": "C-277: an address",
  "Device.LAN.DNSServers range": "C-277: an address",
  "Device.LAN.DNSServers2 range": "C-277: an address",
  "Device.LAN.DNSServers type": "one address: the phone keeps the second one as DNSServers2",
  "Device.LAN.VoiceService.{i}.VoiceProfile.{i}.Line.{i}.Codec.List.{i}.Priority range": "the phone ranks 13 codecs",
};

/** Patterns of ours that are written otherwise but allow the same. */
const REWRITTEN = /(?:MACAddress|CUSTOM_ServerUrl|CUSTOM_PhoneBook[0-4]URL|Code|SignalingProtocols) range$/;

test("the data model declares Appendix A, all of it and nothing else, in its order", () => {
  const rows = appendixA();
  assert.equal(rows.length, 204);
  const templates = new Set(rows.map((row) => templateOf(row.path ?? "")));
  const model = loadDataModel(defaultDataModelFolder());
  assert.deepEqual(
    model.parameters.map(({ template }) => template),
    [...templates],
  );
});

test("every parameter is declared as the table of Appendix A has it", () => {
  const model = loadDataModel(defaultDataModelFolder());
  const defs = new Map(model.parameters.map((def) => [def.template, def]));
  const different = new Set<string>();
  for (const row of appendixA()) {
    const template = templateOf(row.path ?? "");
    const def = defs.get(template);
    if (def === undefined) continue;
    for (const [column, shown] of Object.entries(CELLS)) {
      if (shown(def, row) !== row[column]) different.add(`${template} ${column}`);
    }
  }
  assert.deepEqual([...different].filter((name) => !REWRITTEN.test(name)).sort(), Object.keys(DIFFERENCES).sort());
});

test("a pattern that is written otherwise allows what the table's allows", () => {
  const samples = ["", "SIP", "SIP/2.0", "MGCP/1.0", "SIP/2", "X_A", "X_", "*73", "7 3", "0C:11:05:00:00:01", "0C:11"];
  const urls = ["http://a/", "https://a", "ftp://a", "tftp://a", "gopher://a", "http://", "a"];
  const model = loadDataModel(defaultDataModelFolder());
  const defs = new Map(model.parameters.map((def) => [def.template, def]));
  for (const row of appendixA()) {
    const def = defs.get(templateOf(row.path ?? ""));
    const pattern = /^\/(.*)\/$/.exec(row.range ?? "")?.[1];
    if (def?.pattern == null || pattern === undefined || !REWRITTEN.test(`${def.name} range`)) continue;
    const theirs = new RegExp(`^(?:${pattern})$`);
    for (const sample of [...samples, ...urls]) {
      assert.equal(def.pattern.test(sample), theirs.test(sample), `${def.name} ${sample}`);
    }
  }
});

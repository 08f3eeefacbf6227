import assert from "node:assert/strict";
import test from "node:test";
import {
  globalsRule,
  importCycles,
  importRule,
  innerImportRule,
  kebabCaseName,
  maxFileLines,
  maxFunctionLines,
  namedExportsOnly,
  noAny,
  noModuleState,
  noSuppressions,
  packageRule,
  type Rule,
} from "./helpers/source-rules.ts";
import { parseSourceTree, readSourceTree } from "./helpers/source-tree.ts";

const BELOW_AGENT = ["session", "rpc", "soap", "parameters", "autop", "model", "ladder", "durable", "ports", "cwmp"];
const ADAPTERS = ["backends", "net", "storage", "connection-request"];
/** Imports go down only; adapters know the ports, and meet the agent in `daemon` and `cli` alone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cwmp: [],
  ports: ["cwmp"],
  durable: ["ports", "cwmp"],
  model: ["ports", "cwmp"],
  autop: ["cwmp"],
  parameters: ["model", "autop", "durable", "ports", "cwmp"],
  ladder: ["ports", "cwmp"],
  soap: ["ports", "cwmp"],
  rpc: ["soap", "parameters", "model", "ports", "cwmp"],
  session: ["rpc", "soap", "parameters", "model", "ports", "cwmp"],
  agent: BELOW_AGENT,
  system: ["ports", "cwmp"],
  ...Object.fromEntries(ADAPTERS.map((folder) => [folder, ["system", "durable", "ports", "cwmp"]])),
  sip: ["system", "ports"],
  net: ["sip", "system", "durable", "ports", "cwmp"],
  backends: ["options", "sip", "system", "autop", "durable", "ports", "cwmp"],
  options: ["model", "system", "ports", "cwmp"],
  clone: ["model", "soap", "ports", "cwmp"],
  config: ["backends", "options", "clone", "agent", "system", ...BELOW_AGENT],
  acs: ["system", ...BELOW_AGENT],
  control: ["agent", "system", ...BELOW_AGENT],
  web: ["control", "agent", "system", ...BELOW_AGENT],
  metrics: ["system", "ports", "cwmp"],
  daemon: ["web", "control", "metrics", "config", "clone", "agent", "sip", "system", ...ADAPTERS, ...BELOW_AGENT],
  fleet: [
    "daemon",
    "web",
    "control",
    "metrics",
    "config",
    "options",
    "clone",
    "agent",
    "system",
    ...ADAPTERS,
    ...BELOW_AGENT,
  ],
  cli: ["fleet", "daemon", "control", "acs", "config", "clone", "agent", "sip", "system", ...ADAPTERS, ...BELOW_AGENT],
};

/** The same inside `agent/`: a part knows those that it is made of, and `boot` alone puts them together. */
const ABOVE_EVENTS = ["events", "time", "core"];
const MAY_IMPORT_IN_AGENT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  time: [],
  files: [],
  events: ["core"],
  informs: ABOVE_EVENTS,
  sessions: ["informs", ...ABOVE_EVENTS],
  "connection-requests": ["core"],
  configuration: ["core"],
  autonomous: ["events", "core"],
  transfers: ["autonomous", "configuration", ...ABOVE_EVENTS],
  autop: ["autonomous", "configuration", "files", "time", "core"],
  "phone-books": ["files", "core"],
  ntp: ["core"],
  boot: [
    ...["transfers", "autop", "phone-books", "ntp", "autonomous", "connection-requests"],
    ...["sessions", "informs", ...ABOVE_EVENTS],
  ],
  local: ["boot", "autop", "transfers", "phone-books", "ntp", "configuration", "time", "core"],
};

/** Time, randomness, files and sockets come in through ports everywhere else. */
const OUTSIDE_WORLD = [
  ...ADAPTERS,
  "system",
  "options",
  "config",
  "acs",
  "control",
  "web",
  "metrics",
  "daemon",
  "fleet",
  "cli",
];
const PACKAGE_USERS: Readonly<Record<string, readonly string[]>> = {
  "node:": OUTSIDE_WORLD,
  "fast-xml-parser": ["soap"],
  undici: ["net"],
  "@xmpp/xml": ["net"],
  yaml: ["model", "config", "acs", "cli"],
  zod: ["model", "options", "backends", "config", "acs", "control", "fleet"],
  pino: ["cli", "system"],
  "pino-pretty": ["cli", "system"],
  commander: ["cli"],
  "@peculiar/x509": ["system"],
  "reflect-metadata": ["system"],
  hono: ["web", "control", "daemon", "fleet"],
  "@hono/node-server": ["web", "control"],
  "prom-client": ["metrics"],
  "hdr-histogram-js": ["fleet"],
};
const GLOBALS = [
  ..."Date Math.random performance process crypto fetch console globalThis global".split(" "),
  ..."setTimeout setInterval setImmediate queueMicrotask clearTimeout clearInterval".split(" "),
];

interface Case {
  readonly name: string;
  readonly rule: Rule;
  /** Files that break the rule, each once. */
  readonly bad: Readonly<Record<string, string>>;
}

const longFunction = `export function f() {\n${"f();\n".repeat(59)}}\n`;

const CASES: readonly Case[] = [
  {
    name: "imports go down only",
    rule: importRule(MAY_IMPORT),
    bad: {
      "cwmp/a.ts": 'import "../ports/clock.ts";',
      "net/a.ts": 'import type { A } from "../agent/agent.ts";',
      "soap/a.ts": 'export * from "../rpc/b.ts";',
      "rpc/a.ts": 'const load = () => import("../session/c.ts");',
      "cli/a.ts": 'import "../../test/helpers/x.ts";',
      "unheard-of/a.ts": "",
      "a.ts": "",
    },
  },
  {
    name: "the parts of the agent import each other down only",
    rule: innerImportRule("agent", MAY_IMPORT_IN_AGENT),
    bad: {
      "agent/autop/a.ts": 'import "../transfers/transfers.ts";',
      "agent/transfers/a.ts": 'import type { A } from "../autop/autop.ts";',
      "agent/core/a.ts": 'import "../agent.ts";',
      "agent/connection-requests/udp/a.ts": 'import "../../sessions/retry.ts";',
      "agent/unheard-of/a.ts": "",
    },
  },
  {
    name: "packages and node modules are imported where they belong",
    rule: packageRule(PACKAGE_USERS),
    bad: {
      "rpc/a.ts": 'import { readFile } from "node:fs/promises";',
      "net/a.ts": 'import { XMLParser } from "fast-xml-parser";',
      "session/a.ts": 'import type { X } from "@peculiar/x509/build";',
      "cli/a.ts": 'import x from "left-pad";',
    },
  },
  {
    name: "time, randomness and the process are for adapters",
    rule: globalsRule(GLOBALS, OUTSIDE_WORLD),
    bad: {
      "agent/a.ts": "export const now = () => Date.now();",
      "agent/today.ts": "export const today = () => new Date();",
      "agent/b.ts": "export const dice = () => Math.random();",
      "session/c.ts": "export const { env } = process;",
      "rpc/d.ts": "export const f = (setTimeout: () => void) => {};",
      "soap/e.ts": "export const wait = { setInterval };",
    },
  },
  {
    name: "no module holds state",
    rule: noModuleState,
    bad: {
      "rpc/a.ts": "let count = 0;",
      "rpc/b.ts": "export var count = 0;",
      "rpc/c.ts": "const cache = new Map<string, string>();",
      "rpc/d.ts": "const seen: string[] = [];",
      "rpc/e.ts": "export class A { static count = 0; }",
    },
  },
  { name: "a file has at most 300 lines", rule: maxFileLines(300), bad: { "rpc/a.ts": "\n".repeat(301) } },
  {
    name: "a function has at most 60 lines",
    rule: maxFunctionLines(60),
    bad: { "rpc/a.ts": longFunction, "rpc/b.ts": longFunction.replace("function f()", "const f = () =>") },
  },
  {
    name: "nothing is any",
    rule: noAny,
    bad: { "rpc/a.ts": "export const a = 1 as any;", "rpc/b.ts": "export type A = Map<string, any>;" },
  },
  {
    name: "exports have names",
    rule: namedExportsOnly,
    bad: { "rpc/a.ts": "export default 1;", "rpc/b.ts": "export default function f() {}" },
  },
  { name: "no check is switched off", rule: noSuppressions, bad: { "rpc/a.ts": "// @ts-expect-error because" } },
  { name: "file names are kebab-case", rule: kebabCaseName, bad: { "rpc/getNames.ts": "", "Rpc/a.ts": "" } },
];

const source = readSourceTree();

for (const { name, rule, bad } of CASES) {
  test(name, () => {
    assert.deepEqual(source.flatMap(rule), []);
  });

  test(`the check that ${name} finds what breaks it`, () => {
    const found = parseSourceTree(bad).map((module) => [module.path, rule(module).length]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(Object.keys(bad).map((path) => [path, 1])));
  });
}

test("members named like globals, calendar arithmetic, constant tables and long classes are no offence", () => {
  const modules = parseSourceTree({
    "agent/a.ts":
      "interface Timers { setTimeout(): void; readonly process: string }\n" +
      "export const f = (timers: Timers) => ({ process: timers.process, g: timers.setTimeout() });\n" +
      'const TABLE = new Map([["a", 1]]);\nconst NONE: ReadonlySet<string> = new Set();\n// Date.now() in a comment\nconst text = "Date.now()";\n' +
      "export const at = (ms: number) => new Date(ms).toISOString() + Date.UTC(2024, 0) + Date.parse(text);\n" +
      `export class Long {\n${"  readonly x = 1;\n".repeat(100)}}\n`,
  });
  assert.deepEqual(
    CASES.flatMap(({ rule }) => modules.flatMap(rule)),
    [],
  );
});

test("there are no import cycles", () => {
  assert.ok(source.length > 0, "the source tree was found");
  assert.deepEqual(importCycles(source), []);
});

test("the check for import cycles finds them", () => {
  const modules = parseSourceTree({
    "rpc/a.ts": 'import type { B } from "./b.ts";',
    "rpc/b.ts": 'export * from "../soap/c.ts";',
    "soap/c.ts": 'import "../rpc/a.ts";',
    "soap/d.ts": 'import "./c.ts";',
  });
  assert.deepEqual(importCycles(modules), ["rpc/a.ts → rpc/b.ts → soap/c.ts → rpc/a.ts"]);
});

import { dirname } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { isEventCode } from "../cwmp/events.ts";
import { type Finding, FindingsError } from "../cwmp/findings.ts";
import { CALL_NAMES, isCallName, readCall } from "./call-syntax.ts";
import {
  type PlainMap,
  type Report,
  readBoolean,
  readList,
  readMap,
  readText,
  readTextList,
  type YamlPath,
} from "./plain-values.ts";
import { type AcsScript, SCRIPT_VARIABLES, type ScriptEntry, type ScriptStep, unknownVariables } from "./script.ts";
import { positionIn } from "./yaml-position.ts";

/**
 * Reads a script (docs/acs-scripts.md). Throws FindingsError with every mistake and its place.
 *
 * @param file its name, for the findings; paths in it begin in its folder.
 */
export function parseScript(text: string, file: string): AcsScript {
  try {
    return readScript(text, file);
  } catch (error) {
    // What the parser throws for a text that is nested too deep, and for aliases that expand to too much.
    if (!(error instanceof RangeError || error instanceof ReferenceError)) throw error;
    const message = "the file is nested too deep, or its aliases (*name) make it too large";
    throw new FindingsError([{ file, line: 1, column: 1, code: "YAML", message }]);
  }
}

function readScript(text: string, file: string): AcsScript {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: "failsafe", uniqueKeys: true, logLevel: "error" });
  const findings: Finding[] = document.errors.map((error) => ({
    file,
    line: error.linePos?.[0].line ?? 0,
    column: error.linePos?.[0].col ?? 0,
    code: "YAML",
    message: error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "not YAML",
  }));
  const report: Report = (path, code, message) =>
    void findings.push({ file, ...positionIn(document, lines, path), code, message: `${nameOf(path)}${message}` });
  // A key that stands twice leaves the rest readable; other errors of YAML do not.
  const readable = document.errors.every(({ code }) => code === "DUPLICATE_KEY");
  const entries = readable ? readEntries(document.toJS(), dirname(file), report) : null;
  if (findings.length > 0 || entries === null) throw new FindingsError(findings.sort(inOrder));
  return { entries };
}

function inOrder(one: Finding, other: Finding): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

function nameOf(path: YamlPath): string {
  const last = path.at(-1);
  return typeof last === "string" ? `${last}: ` : "";
}

function readEntries(root: unknown, folder: string, report: Report): readonly ScriptEntry[] | null {
  const map = readMap(root, [], ["sessions"], report);
  const list = map && readList(map.sessions, ["sessions"], report);
  const entries = list?.map((item, index) => readEntry(item, ["sessions", index], folder, report));
  return entries === undefined || entries.includes(null) ? null : entries.filter((entry) => entry !== null);
}

const ENTRY_KEYS = ["name", "on", "device", "once", "rpcs"];

function readEntry(item: unknown, path: YamlPath, folder: string, report: Report): ScriptEntry | null {
  const map = readMap(item, path, ENTRY_KEYS, report);
  if (map === null) return null;
  const name =
    map.name === undefined ? `session ${Number(path.at(-1)) + 1}` : readText(map.name, [...path, "name"], report);
  const on = readEvents(map.on, [...path, "on"], report);
  const device = readText(map.device ?? "*", [...path, "device"], report);
  const once = readBoolean(map.once ?? false, [...path, "once"], report);
  const steps = readSteps(map.rpcs, [...path, "rpcs"], folder, report);
  if (name === null || on === null || device === null || once === null || steps === null) return null;
  return { name, on, device, once, steps };
}

function readEvents(value: unknown, path: YamlPath, report: Report): readonly string[] | null {
  if (value === undefined) return [];
  const events = readTextList(value, path, report);
  // A vendor's own event is `X OUI …`.
  const unknown = events?.filter((event) => !isEventCode(event) && !event.startsWith("X ")) ?? [];
  for (const event of unknown) report(path, "EVENT", `"${event}" is not an event code such as "1 BOOT"`);
  return unknown.length > 0 ? null : events;
}

function readSteps(value: unknown, path: YamlPath, folder: string, report: Report): readonly ScriptStep[] | null {
  const list = readList(value, path, report);
  const steps = list?.map((item, index) => readStep(item, [...path, index], folder, report));
  return steps === undefined || steps.includes(null) ? null : steps.filter((step) => step !== null);
}

/** `GetRPCMethods`, or a mapping with the RPC's name and, beside it, `expectFault` and `holdRequests`. */
function readStep(item: unknown, path: YamlPath, folder: string, report: Report): ScriptStep | null {
  const map = readMap(typeof item === "string" ? { [item]: null } : item, path, null, report);
  if (map === null) return null;
  const { expectFault, holdRequests, ...rest } = map;
  const [name, ...others] = Object.keys(rest);
  if (name === undefined || others.length > 0 || !isCallName(name))
    report(path, "RPC", `expected one RPC (${CALL_NAMES.join(", ")}), found ${Object.keys(rest).join(", ") || "none"}`);
  // All that can be read of it is, for what else is wrong there.
  const calls = Object.keys(rest)
    .filter(isCallName)
    .map((known) => readCall(known, rest[known], typeof item === "string" ? path : [...path, known], report, folder));
  const options = readOptions(expectFault, holdRequests, path, report);
  checkVariables(rest, path, report);
  const [call = null] = calls;
  if (call === null || calls.length > 1 || options === null) return null;
  return {
    call: options.holdRequests ? { ...call, holdRequests: true } : call,
    expectFault: options.expectFault,
  };
}

function readOptions(
  expectFault: unknown,
  holdRequests: unknown,
  path: YamlPath,
  report: Report,
): { readonly expectFault: number | null; readonly holdRequests: boolean } | null {
  const hold = readBoolean(holdRequests ?? false, [...path, "holdRequests"], report);
  const code = expectFault === undefined ? null : Number(expectFault);
  if (code !== null && !/^9\d{3}$/.test(String(expectFault)))
    report([...path, "expectFault"], "FAULT_CODE", "expected a fault code, 9000 to 9999");
  return hold === null ? null : { expectFault: code, holdRequests: hold };
}

/** Walks all texts below `value`. */
function checkVariables(value: PlainMap | readonly unknown[], path: YamlPath, report: Report): void {
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, member] of members) {
    const here = [...path, key];
    if (typeof member === "object" && member !== null) checkVariables(member, here, report);
    else for (const name of unknownVariables(String(member))) report(here, "VARIABLE", unknownVariable(name));
  }
}

function unknownVariable(name: string): string {
  const known = SCRIPT_VARIABLES.map((variable) => `\${${variable}}`).join(", ");
  return `there is no variable \${${name}}; known: ${known}`;
}

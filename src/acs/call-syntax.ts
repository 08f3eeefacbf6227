/**
 * How people write an RPC, in a script, on the control channel and at the prompt: one readable shape per RPC, checked
 * by hand so that every mistake is named with its place.
 */
import { CWMP_TYPES } from "../cwmp/types.ts";
import type { ParameterValue } from "../soap/messages.ts";
import type { CpeMethod, SetParameterAttributes } from "../soap/rpc-table.ts";
import type { RpcCall } from "./calls.ts";
import { type Report, readBoolean, readMap, readText, readTextList, type YamlPath } from "./plain-values.ts";
import { TRANSFER_READERS, withLocalFile } from "./transfer-calls.ts";

type Reader = (value: unknown, path: YamlPath, report: Report) => RpcCall | null;

const READERS: Readonly<Record<CpeMethod, Reader>> = {
  GetRPCMethods: (value, path, report) => (nothing(value, path, report) ? { name: "GetRPCMethods", args: {} } : null),
  GetParameterNames: readGetParameterNames,
  GetParameterValues: (value, path, report) => {
    const names = readTextList(value, path, report);
    return names && { name: "GetParameterValues", args: { parameterNames: names } };
  },
  SetParameterValues: readSetParameterValues,
  GetParameterAttributes: (value, path, report) => {
    const names = readTextList(value, path, report);
    return names && { name: "GetParameterAttributes", args: { parameterNames: names } };
  },
  SetParameterAttributes: readSetParameterAttributes,
  AddObject: (value, path, report) => readObjectCall("AddObject", value, path, report),
  DeleteObject: (value, path, report) => readObjectCall("DeleteObject", value, path, report),
  Reboot: readReboot,
  ...TRANSFER_READERS,
  FactoryReset: (value, path, report) => (nothing(value, path, report) ? { name: "FactoryReset", args: {} } : null),
  ScheduleInform: readScheduleInform,
};

export const CALL_NAMES = Object.keys(READERS);

export function isCallName(name: string): name is CpeMethod {
  return Object.hasOwn(READERS, name);
}

/**
 * Reads `arguments` of RPC `name`; null when they make no call. Where anything was reported the call is not to be used.
 *
 * @param folder that the paths of local files begin in.
 */
export function readCall(
  name: CpeMethod,
  args: unknown,
  path: YamlPath,
  report: Report,
  folder: string,
): RpcCall | null {
  const call = READERS[name](args, path, report);
  return call === null ? null : withLocalFile(call, folder, [...path, "url"], report);
}

/** `{ GetParameterValues: [Device.] }`, as in a script. Throws an Error that names every mistake. */
export function readWrittenCall(written: unknown): RpcCall {
  const problems: string[] = [];
  const report: Report = (path, _code, message) => void problems.push([...path, message].join(": "));
  const map = readMap(typeof written === "string" ? { [written]: null } : written, [], null, report) ?? {};
  const [name, ...others] = Object.keys(map);
  const known = name !== undefined && others.length === 0 && isCallName(name);
  const call = known ? readCall(name, map[name], [name], report, ".") : null;
  if (call !== null && problems.length === 0) return call;
  throw new Error(problems.length > 0 ? problems.join("; ") : `expected one RPC: ${CALL_NAMES.join(", ")}`);
}

function nothing(value: unknown, path: YamlPath, report: Report): boolean {
  if (
    value === null ||
    value === undefined ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  )
    return true;
  report(path, "ARGUMENTS", "this RPC takes no arguments");
  return false;
}

function readGetParameterNames(value: unknown, path: YamlPath, report: Report): RpcCall | null {
  const map = readMap(typeof value === "string" ? { path: value } : value, path, ["path", "nextLevel"], report);
  if (map === null) return null;
  const parameterPath = readText(map.path, [...path, "path"], report);
  const nextLevel = readBoolean(map.nextLevel ?? false, [...path, "nextLevel"], report);
  if (parameterPath === null || nextLevel === null) return null;
  return { name: "GetParameterNames", args: { parameterPath, nextLevel } };
}

function readSetParameterValues(value: unknown, path: YamlPath, report: Report): RpcCall | null {
  const map = readMap(value, path, ["values", "key"], report);
  if (map === null) return null;
  const parameterKey = readText(map.key ?? "", [...path, "key"], report);
  const values = readMap(map.values, [...path, "values"], null, report);
  if (parameterKey === null || values === null) return null;
  const parameterList = Object.entries(values).map(([name, given]) =>
    readValue(name, given, [...path, "values", name], report),
  );
  if (parameterList.includes(null)) return null;
  return {
    name: "SetParameterValues",
    args: { parameterKey, parameterList: parameterList.filter((item) => item !== null) },
  };
}

/** `300`, `text`, `true`, or `{ value: …, type: string }`. Without a type the one that the CPE reported is taken. */
function readValue(name: string, given: unknown, path: YamlPath, report: Report): ParameterValue | null {
  if (typeof given !== "object" || given === null) {
    const value = readText(given, path, report);
    return value === null ? null : { name, value, type: null };
  }
  const map = readMap(given, path, ["value", "type"], report);
  if (map === null) return null;
  const value = readText(map.value, [...path, "value"], report);
  const type = map.type === undefined ? null : readText(map.type, [...path, "type"], report);
  if (type !== null && !CWMP_TYPES.some((known) => known === type)) {
    report([...path, "type"], "TYPE", `"${type}" is not a CWMP type; known types: ${CWMP_TYPES.join(", ")}`);
    return null;
  }
  return value === null ? null : { name, value, type };
}

const NOTIFICATIONS: Readonly<Record<string, number>> = { off: 0, passive: 1, active: 2 };

/** Parameter or partial path → `off`, `passive`, `active` or the number that stands for it. */
function readSetParameterAttributes(value: unknown, path: YamlPath, report: Report): RpcCall | null {
  const map = readMap(value, path, null, report);
  if (map === null) return null;
  const items = Object.entries(map).map(([name, given]): SetParameterAttributes | null => {
    const text = String(given);
    const notification = /^\d{1,2}$/.test(text) ? Number(text) : NOTIFICATIONS[text];
    if (notification !== undefined) {
      return { name, notificationChange: true, notification, accessListChange: false, accessList: [] };
    }
    report([...path, name], "NOTIFICATION", "expected off, passive, active or a number");
    return null;
  });
  if (items.includes(null)) return null;
  return { name: "SetParameterAttributes", args: { parameterList: items.filter((item) => item !== null) } };
}

function readObjectCall(
  name: "AddObject" | "DeleteObject",
  value: unknown,
  path: YamlPath,
  report: Report,
): RpcCall | null {
  const map = readMap(typeof value === "string" ? { object: value } : value, path, ["object", "key"], report);
  if (map === null) return null;
  const objectName = readText(map.object, [...path, "object"], report);
  const parameterKey = readText(map.key ?? "", [...path, "key"], report);
  if (objectName === null || parameterKey === null) return null;
  return { name, args: { objectName, parameterKey } };
}

function readReboot(value: unknown, path: YamlPath, report: Report): RpcCall | null {
  const map = readMap(value || {}, path, ["commandKey"], report);
  if (map === null) return null;
  const commandKey = readText(map.commandKey ?? "", [...path, "commandKey"], report);
  return commandKey === null ? null : { name: "Reboot", args: { commandKey } };
}

function readScheduleInform(value: unknown, path: YamlPath, report: Report): RpcCall | null {
  const map = readMap(value, path, ["delaySeconds", "commandKey"], report);
  if (map === null) return null;
  const delay = readText(map.delaySeconds, [...path, "delaySeconds"], report);
  const commandKey = readText(map.commandKey ?? "", [...path, "commandKey"], report);
  if (delay === null) return null;
  if (!/^\d{1,9}$/.test(delay)) {
    report([...path, "delaySeconds"], "NUMBER", "expected a whole number of seconds");
    return null;
  }
  return commandKey === null ? null : { name: "ScheduleInform", args: { delaySeconds: Number(delay), commandKey } };
}

/** How people write the RPCs for file transfers, see call-syntax.ts. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { CpeMethod } from "../soap/rpc-table.ts";
import type { TimeWindow } from "../soap/transfer-rpcs.ts";
import { describeIoError } from "../system/io-errors.ts";
import type { RpcCall } from "./calls.ts";
import { isLocalPath } from "./file-links.ts";
import { type PlainMap, type Report, readList, readMap, readText, type YamlPath } from "./plain-values.ts";

type Reader = (value: unknown, path: YamlPath, report: Report) => RpcCall | null;
type TransferCall = Extract<
  CpeMethod,
  "Download" | "Upload" | "ScheduleDownload" | "CancelTransfer" | "GetQueuedTransfers" | "GetAllQueuedTransfers"
>;

const SERVER = ["fileType", "url", "commandKey", "username", "password"];
const FILE = ["fileSize", "targetFileName"];

/**
 * `{ Download: { fileType: 3 Vendor Configuration File, url: "http://…" } }`: all but these two may be left out. A `url` without a
 * scheme is a file of this machine; an Upload without one comes to this ACS itself.
 */
export const TRANSFER_READERS: Readonly<Record<TransferCall, Reader>> = {
  Download: (value, path, report) => {
    const given = readFields(value, path, [...SERVER, ...FILE, "delaySeconds", "successUrl", "failureUrl"], report);
    if (given === null) return null;
    const { successUrl = "", failureUrl = "" } = given.texts;
    const args = { ...serverOf(given), ...fileOf(given), delaySeconds: given.numbers.delaySeconds ?? 0 };
    return { name: "Download", args: { ...args, successUrl, failureUrl } };
  },
  Upload: (value, path, report) => {
    const given = readFields(value, path, [...SERVER, "delaySeconds"], report, ["fileType"]);
    if (given === null) return null;
    if (isLocalPath(given.texts.url ?? "")) {
      report(
        [...path, "url"],
        "URL",
        "expected a URL with its scheme; without a URL, the file is uploaded to this ACS",
      );
      return null;
    }
    const local = given.texts.url === undefined ? { local: "" } : {};
    return { name: "Upload", args: { ...serverOf(given), delaySeconds: given.numbers.delaySeconds ?? 0 }, ...local };
  },
  ScheduleDownload: (value, path, report) => {
    const map = readMap(value, path, [...SERVER, ...FILE, "windows"], report);
    if (map === null) return null;
    const { windows, ...others } = map;
    const given = readFields(others, path, [...SERVER, ...FILE], report);
    const timeWindowList = readWindows(windows, [...path, "windows"], report);
    if (given === null || timeWindowList === null) return null;
    return { name: "ScheduleDownload", args: { ...serverOf(given), ...fileOf(given), timeWindowList } };
  },
  CancelTransfer: (value, path, report) => {
    const commandKey = readText(value, path, report);
    return commandKey === null ? null : { name: "CancelTransfer", args: { commandKey } };
  },
  GetQueuedTransfers: (value, path, report) =>
    readMap(value || {}, path, [], report) && { name: "GetQueuedTransfers", args: {} },
  GetAllQueuedTransfers: (value, path, report) =>
    readMap(value || {}, path, [], report) && { name: "GetAllQueuedTransfers", args: {} },
};

/** With the path of its local file, where `url` is one, in full. Null, and reported, where it is no file that can be read. */
export function withLocalFile(call: RpcCall, folder: string, path: YamlPath, report: Report): RpcCall | null {
  if (call.name !== "Download" && call.name !== "ScheduleDownload") return call;
  if (!isLocalPath(call.args.url)) return call;
  const local = resolve(folder, call.args.url);
  // With variables in it, it is looked for when a phone is there.
  const problem = local.includes("${") ? null : problemOf(local);
  if (problem === null) return { ...call, args: { ...call.args, url: "" }, local } as RpcCall;
  report(path, "FILE", `${problem}; a URL begins with its scheme, such as http://`);
  return null;
}

function problemOf(file: string): string | null {
  try {
    return statSync(file).isFile() ? null : `${file} is not a file`;
  } catch (error) {
    return describeIoError("cannot read the file", file, error);
  }
}

const NUMBERS = ["fileSize", "delaySeconds", "start", "end", "maxRetries"];

interface Fields {
  readonly texts: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, number>>;
}

function readFields(
  value: unknown,
  path: YamlPath,
  known: readonly string[],
  report: Report,
  required: readonly string[] = ["fileType", "url"],
): Fields | null {
  const map = readMap(value, path, known, report);
  if (map === null) return null;
  const missing = required.filter((name) => known.includes(name) && map[name] === undefined);
  for (const name of missing) report([...path, name], "MISSING", "is missing");
  const fields = readAll(map, known, path, report);
  return missing.length > 0 ? null : fields;
}

function readAll(map: PlainMap, known: readonly string[], path: YamlPath, report: Report): Fields | null {
  const texts: Record<string, string> = {};
  const numbers: Record<string, number> = {};
  const given = known.filter((name) => map[name] !== undefined);
  const good = given.map((name) => {
    const text = readText(map[name], [...path, name], report);
    if (text === null) return false;
    if (!NUMBERS.includes(name)) texts[name] = text;
    else if (/^-?\d{1,10}$/.test(text)) numbers[name] = Number(text);
    else {
      report([...path, name], "NUMBER", "expected a whole number");
      return false;
    }
    return true;
  });
  return good.every(Boolean) ? { texts, numbers } : null;
}

function readWindows(value: unknown, path: YamlPath, report: Report): readonly TimeWindow[] | null {
  const list = readList(value, path, report);
  if (list === null) return null;
  const windows = list.map((item, index): TimeWindow | null => {
    const at = [...path, index];
    const given = readFields(item, at, ["start", "end", "mode", "userMessage", "maxRetries"], report);
    if (given === null) return null;
    const { start = 0, end = 0, maxRetries = 0 } = given.numbers;
    const { mode = "1 At Any Time", userMessage = "" } = given.texts;
    return { windowStart: start, windowEnd: end, windowMode: mode, userMessage, maxRetries };
  });
  return windows.includes(null) ? null : windows.filter((window) => window !== null);
}

function serverOf({ texts }: Fields) {
  const { fileType = "", url = "", commandKey = "", username = "", password = "" } = texts;
  return { fileType, url, commandKey, username, password };
}

function fileOf({ texts, numbers }: Fields) {
  return { fileSize: numbers.fileSize ?? 0, targetFileName: texts.targetFileName ?? "" };
}

import { accessSync, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { AgentError } from "../cwmp/errors.ts";
import type { Finding } from "../cwmp/findings.ts";
import type { MustExist } from "../options/option.ts";
import { describeIoError, mayPass } from "../system/io-errors.ts";
import type { OptionRow } from "./option-table.ts";
import type { SettingsTree } from "./settings-tree.ts";

/** Passwords and certificates are small: a bound, so that a path to a device or a log does no harm. */
const MAX_BYTES = 1_048_576;
/** A device of 100,000 parameters, each with its description. */
const MAX_DUMP_BYTES = 134_217_728;

export type ReadResult = { readonly text: string } | { readonly problem: string };

/**
 * Reads a small text file. The problem says why it cannot be read, without naming the file.
 *
 * @throws AgentError CONFIG_IO for failures that may be temporary, such as a disk error; the other functions here do
 * the same
 */
export function readSmallFile(path: string): ReadResult {
  return readText(path, MAX_BYTES);
}

/** Reads a dump of a device, as `readSmallFile` reads smaller files. */
export function readDump(path: string): ReadResult {
  return readText(path, MAX_DUMP_BYTES);
}

function readText(path: string, maxBytes: number): ReadResult {
  try {
    const bytes = readBounded(path, maxBytes);
    return "problem" in bytes ? bytes : { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.read) };
  } catch (error) {
    return { problem: problemOf(path, error) };
  }
}

/** Why the path is not a folder, or null when it is one. */
export function folderProblem(path: string): string | null {
  try {
    return statSync(path).isDirectory() ? null : "it is not a folder";
  } catch (error) {
    return problemOf(path, error);
  }
}

/** Why the path is not a file that can be read, or null when it is one. */
export function fileProblem(path: string): string | null {
  try {
    if (!statSync(path).isFile()) return "it is not a file";
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    return problemOf(path, error);
  }
}

/** Opening a named pipe must not block until it has a writer. */
function readBounded(path: string, maxBytes: number): { readonly read: Uint8Array } | { readonly problem: string } {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) return { problem: "it is not a file" };
    return facts.size > maxBytes ? { problem: `it is larger than ${maxBytes} bytes` } : { read: readFileSync(file) };
  } finally {
    closeSync(file);
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a parent directory is missing",
  EACCES: "the permission is missing",
  EPERM: "the permission is missing",
  ELOOP: "symbolic link loop",
  ENAMETOOLONG: "the path is too long",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

function problemOf(path: string, error: unknown): string {
  if (mayPass(error)) throw new AgentError("CONFIG_IO", describeIoError("cannot read", path, error), { cause: error });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return PROBLEMS[code] ?? (code === "" ? "it cannot be read" : `it cannot be read (${code})`);
}

/** Files and folders that must exist before the agent starts: better reported now than at the first session. */
export function checkFiles(tree: SettingsTree, rows: readonly OptionRow[]): Finding[] {
  return rows.flatMap((row) => checkFile(tree, row));
}

function checkFile(tree: SettingsTree, row: OptionRow): Finding[] {
  const optionPath = row.path.split(".");
  const stated = tree.get(optionPath);
  if (row.mustExist === undefined || typeof stated !== "string" || stated === "") return [];
  const path = tree.resolvePath(optionPath, stated);
  const problem = PROBLEM_OF[row.mustExist](path);
  if (problem === null) return [];
  return [tree.finding(optionPath, "FILE_UNREADABLE", `${row.path} cannot be used: ${problem}: ${path}`)];
}

const PROBLEM_OF: Readonly<Record<MustExist, (path: string) => string | null>> = {
  folder: folderProblem,
  file: fileProblem,
  pem: pemProblem,
};

/** TLS libraries skip text that is not PEM silently, and then nothing is trusted. */
function pemProblem(path: string): string | null {
  const read = readSmallFile(path);
  if ("problem" in read) return read.problem;
  return /-----BEGIN [A-Z ]+-----/.test(read.text) ? null : "it holds nothing in PEM form (-----BEGIN …)";
}

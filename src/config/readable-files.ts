import { accessSync, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { AgentError } from "../cwmp/errors.ts";
import { describeIoError, mayPass } from "../system/io-errors.ts";

/** Passwords and certificates are small: a bound, so that a path to a device or a log does no harm. */
const MAX_BYTES = 1_048_576;

export type ReadResult = { readonly text: string } | { readonly problem: string };

/**
 * Reads a small text file. The problem says why it cannot be read, without naming the file.
 *
 * @throws AgentError CONFIG_IO when that is nobody's mistake and may pass, such as an error of the disk; so do the others here
 */
export function readSmallFile(path: string): ReadResult {
  try {
    const bytes = readBounded(path);
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

/** A named pipe with that name must not make us wait for whoever writes to it. */
function readBounded(path: string): { readonly read: Uint8Array } | { readonly problem: string } {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) return { problem: "it is not a file" };
    return facts.size > MAX_BYTES ? { problem: `it is larger than ${MAX_BYTES} bytes` } : { read: readFileSync(file) };
  } finally {
    closeSync(file);
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such folder on the way to it",
  EACCES: "the permission is missing",
  EPERM: "the permission is missing",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the path is too long",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

function problemOf(path: string, error: unknown): string {
  if (mayPass(error)) throw new AgentError("CONFIG_IO", describeIoError("cannot read", path, error), { cause: error });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return PROBLEMS[code] ?? (code === "" ? "it cannot be read" : `it cannot be read (${code})`);
}

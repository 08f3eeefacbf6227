import { messageOf } from "../cwmp/errors.ts";

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "give the user that runs the daemon access to it and to its folder",
  EPERM: "give the user that runs the daemon access to it and to its folder",
  EROFS: "the file system is read-only: mount it writable or choose another place",
  ENOSPC: "the disk is full: free some space",
  EDQUOT: "the disk quota is used up: free some space",
  ENOENT: "it, or the folder that it should be in, does not exist: create it or choose another place",
  ENOTDIR: "a part of the path is a file, not a folder: choose another place",
  ELOOP: "it is a link, where a file or folder is expected: remove it",
  EISDIR: "it is a folder, not a file: choose another place",
  EBUSY: "it may be mounted as a single file, as with a container's bind mount: mount its folder instead",
  EXDEV: "it may be mounted as a single file, as with a container's bind mount: mount its folder instead",
  EMFILE: "the process has too many files open: raise the limit (ulimit -n)",
  EIO: "the disk reports an error: check the hardware",
};

/** Errors that a person has to fix. Others, such as EIO, may be gone at the next try. */
const MISTAKES: ReadonlySet<string> = new Set([
  ...["ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG", "EINVAL", "ENXIO", "ENODEV"],
]);

/** Whether the failure may be temporary: a disk that reports an error, too many open files. */
export function mayPass(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^E(?!RR_)[A-Z0-9]+$/.test(code) && !MISTAKES.has(code);
}

/**
 * A file that could not be used, in a sentence for a person: what was tried, which file, why, what to do.
 *
 * @param action such as `cannot write`
 */
export function describeIoError(action: string, path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const advice = ADVICE[code];
  return advice === undefined ? `${action} ${path}: ${messageOf(error)}` : `${action} ${path}: ${code}: ${advice}`;
}

/** Whether it is an error of the system with one of these codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code);
}

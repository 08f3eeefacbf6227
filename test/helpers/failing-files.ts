import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { sep } from "node:path";
import type { TestContext } from "node:test";

/** One call of the program to the file system. */
export interface FileCall {
  /** `sync` is fsync of a file, `sync folder` of a folder. */
  readonly kind: FileCallKind;
  readonly path: string;
}

export type FileCallKind =
  | "open"
  | "write"
  | "sync"
  | "sync folder"
  | "rename"
  | "mkdir"
  | "remove"
  | "read"
  | "list"
  | "stat"
  | "chmod";

/**
 * How calls fail. `once`: the call number `at` alone. `for good`: that one and every one after it. `after taking effect`: that
 * one is done, and reports an error all the same, as over a network.
 */
export interface Failure {
  readonly at: number;
  readonly how: "once" | "for good" | "after taking effect";
  readonly code: "EIO" | "ENOSPC" | "EROFS";
  /** Those that count, and that can fail; unless given, what changes the disk: all but read, list and stat. */
  readonly kinds?: readonly FileCallKind[];
}

/** The file system as the program sees it, below one folder. */
export interface FailingFiles {
  /** From now on: counts calls from 0, and fails as it is told. */
  fail(failure: Failure): void;
  /** No call fails any more. */
  heal(): void;
  /** Calls of the kinds that count, since `fail` or `record`. */
  readonly calls: readonly FileCall[];
  /** Counts calls from 0, none fails. */
  record(kinds?: readonly FileCallKind[]): void;
}

export const CHANGES: readonly FileCallKind[] = [
  "open",
  "write",
  "sync",
  "sync folder",
  "rename",
  "mkdir",
  "remove",
  "chmod",
];
const NEVER = Number.POSITIVE_INFINITY;

type AnyCall = (...args: never[]) => Promise<unknown>;

/**
 * Stands between the program and `node:fs/promises` for everything below a folder, until the test ends. Files that are open
 * count too. Calls of others, and of the synchronous functions, go through.
 */
export function failingFiles(t: Pick<TestContext, "after">, folder: string): FailingFiles {
  let failure: Failure = { at: NEVER, how: "once", code: "EIO" };
  let calls: FileCall[] = [];

  const isBelow = (path: string): boolean => path === folder || path.startsWith(`${folder}${sep}`);

  async function through<T>(kind: FileCallKind, path: string, run: () => Promise<T>): Promise<T> {
    if (!isBelow(path) || !(failure.kinds ?? CHANGES).includes(kind)) return run();
    const number = calls.push({ kind, path }) - 1;
    const { at, how, code } = failure;
    const fails = how === "for good" ? number >= at : number === at;
    if (!fails) return run();
    if (how === "after taking effect") await run();
    throw Object.assign(new Error(`${code}: injected, ${kind} '${path}'`), { code });
  }

  const original = { ...fs };
  const wrapped = (name: keyof typeof KINDS): AnyCall => {
    const inner = original[name] as AnyCall;
    return (...args) => through(KINDS[name], String(args[0]), () => inner(...args));
  };
  for (const name of Object.keys(KINDS) as (keyof typeof KINDS)[]) Object.assign(fs, { [name]: wrapped(name) });
  fs.open = async (path, flags, mode) => {
    const where = String(path);
    const isFolder = await original.stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const kind = isFolder ? "sync folder" : isChange(flags) ? "open" : "read";
    let handle: fs.FileHandle | null = null;
    try {
      const opened = await through(kind, where, async () => {
        handle = await original.open(path, flags, mode);
        return handle;
      });
      return watched(opened, where, isFolder, through);
    } catch (error) {
      await (handle as fs.FileHandle | null)?.close();
      throw error;
    }
  };
  syncBuiltinESMExports();
  t.after(() => {
    Object.assign(fs, original);
    syncBuiltinESMExports();
  });

  const start = (next: Failure): void => {
    failure = next;
    calls = [];
  };
  return {
    fail: start,
    heal: () => start({ at: NEVER, how: "once", code: "EIO" }),
    record: (kinds) => start({ at: NEVER, how: "once", code: "EIO", ...(kinds === undefined ? {} : { kinds }) }),
    get calls() {
      return calls;
    },
  };
}

const KINDS = {
  rename: "rename",
  mkdir: "mkdir",
  rm: "remove",
  unlink: "remove",
  readFile: "read",
  realpath: "stat",
  readdir: "list",
  stat: "stat",
  lstat: "stat",
  chmod: "chmod",
  utimes: "chmod",
} as const satisfies Partial<Record<keyof typeof fs, FileCallKind>>;

function isChange(flags: string | number | undefined): boolean {
  if (typeof flags === "number") return (flags & 3) !== 0;
  return flags !== undefined && flags !== "r";
}

/** The same handle, whose calls can fail. */
function watched(
  handle: fs.FileHandle,
  path: string,
  isFolder: boolean,
  through: <T>(kind: FileCallKind, path: string, run: () => Promise<T>) => Promise<T>,
): fs.FileHandle {
  const kinds: Readonly<Record<string, FileCallKind>> = {
    sync: isFolder ? "sync folder" : "sync",
    datasync: isFolder ? "sync folder" : "sync",
    writeFile: "write",
    write: "write",
    truncate: "write",
    chmod: "chmod",
    chown: "chmod",
    readFile: "read",
    read: "read",
    stat: "stat",
  };
  return new Proxy(handle, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      const kind = kinds[String(name)];
      const call = member.bind(target) as AnyCall;
      return kind === undefined ? call : (...args: never[]) => through(kind, path, () => call(...args));
    },
  });
}

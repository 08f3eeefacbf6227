import { createHash } from "node:crypto";
import type { FileCall } from "./file-calls.ts";

/**
 * The possible states of the disk after a power cut. A file's bytes are certain once the file was synced, a name once
 * its folder was; everything else may be there, be missing, or, for bytes, be there in part. POSIX guarantees no more,
 * and no order.
 */
export interface CrashImage {
  /** Path → content; null: a folder. */
  readonly entries: ReadonlyMap<string, Buffer | null>;
  /** The power goes before this call begins; the number of calls there are: after all of them. */
  readonly before: number;
  /** For a person who looks at a finding. */
  readonly what: string;
}

interface Inode {
  readonly isFolder: boolean;
  bytes: Buffer;
  /** The synced content; null: nothing, not even its length. */
  synced: Buffer | null;
}

/** A change of names that no sync of a folder has made certain yet. */
interface NameChange {
  readonly what: string;
  readonly folders: Set<string>;
  readonly apply: (names: Map<string, Inode>) => void;
}

/** How bytes that were not synced may look. */
const CONTENTS = ["as before", "half", "zeros", "whole"] as const;
type Content = (typeof CONTENTS)[number];

/** Every image that differs, of every moment. @param base what was on the disk at the start, by absolute path */
export function crashImages(
  base: ReadonlyMap<string, Buffer | null>,
  calls: readonly FileCall[],
): readonly CrashImage[] {
  const disk = new Disk(base);
  const images = new Map<string, CrashImage>();
  const note = (before: number): void => {
    // The last moment at which an image may be found asks the most of it.
    for (const image of disk.images(before)) images.set(keyOf(image), image);
  };
  for (const [at, call] of calls.entries()) {
    if (disk.take(call)) note(at + 1);
  }
  return [...images.values()].sort((one, other) => one.before - other.before);
}

class Disk {
  readonly #names = new Map<string, Inode>();
  /** As far as folders were synced. */
  readonly #certain = new Map<string, Inode>();
  /** By process and descriptor. */
  readonly #open = new Map<string, Inode>();
  #changes: NameChange[] = [];

  constructor(base: ReadonlyMap<string, Buffer | null>) {
    for (const [path, bytes] of base) {
      const inode = newInode(bytes === null, bytes ?? Buffer.alloc(0));
      this.#names.set(path, inode);
      this.#certain.set(path, inode);
    }
  }

  /** @returns whether the disk may look otherwise from now on */
  take(call: FileCall): boolean {
    if (call.result < 0) return false;
    const { name, path, other } = call;
    if (name === "open") return this.#opened(call);
    if (name === "write") return this.#written(call);
    if (name === "fsync" || name === "fdatasync") return this.#sync(call);
    if (name === "ftruncate64") return false;
    if (name === "mkdir")
      return this.#change(call, [path], (names) => names.set(path, newInode(true, Buffer.alloc(0))));
    if (name === "unlink" || name === "rmdir") return this.#change(call, [path], (names) => names.delete(path));
    if (name === "rename") {
      const moved = this.#names.get(path);
      const below = [...this.#names].filter(([one]) => one.startsWith(`${path}/`));
      return this.#change(call, [path, other], (names) => {
        if (moved !== undefined) names.set(other, moved);
        names.delete(path);
        for (const [one, inode] of below) {
          if (names.delete(one)) names.set(`${other}${one.slice(path.length)}`, inode);
        }
      });
    }
    return false;
  }

  /** The images of a cut right now. */
  *images(before: number): Generator<CrashImage> {
    const all = this.#changes;
    const dropped = (change: NameChange): string => `without ${change.what}`;
    const subsets: (readonly [readonly NameChange[], string])[] = [
      [all, "all names"],
      [[], "no name that was not synced"],
      ...all.map((change) => [all.filter((one) => one !== change), dropped(change)] as const),
      ...all.map((change) => [[change], `of the names ${change.what} alone`] as const),
      ...all.map((change, at) => [all.slice(0, at), `names up to ${change.what}`] as const),
    ];
    for (const [kept, what] of subsets) {
      const names = new Map(this.#certain);
      for (const change of kept) change.apply(names);
      const uncertain = [...names.values()].some((inode) => isUncertain(inode));
      for (const content of uncertain ? CONTENTS : CONTENTS.slice(0, 1)) {
        yield { entries: entriesOf(names, content), before, what: uncertain ? `${what}, new bytes ${content}` : what };
      }
    }
  }

  #opened({ pid, path, other, descriptor, result, number }: FileCall): boolean {
    let inode = this.#names.get(path);
    const call = { name: "create", path, number };
    const isNew = inode === undefined;
    if (inode === undefined) {
      const made = newInode(false, Buffer.alloc(0));
      made.synced = null;
      inode = made;
      this.#change(call, [path], (names) => names.set(path, made));
    } else if (other === "truncate") inode.bytes = Buffer.alloc(0);
    this.#open.set(`${pid}:${descriptor < 0 ? result : descriptor}`, inode);
    return isNew || other === "truncate";
  }

  #written({ pid, descriptor, bytes, other, result }: FileCall): boolean {
    const inode = this.#open.get(`${pid}:${descriptor}`);
    if (inode === undefined) return false;
    const at = Number(other) < 0 ? inode.bytes.length : Number(other);
    const length = Math.max(inode.bytes.length, at + result);
    const next = Buffer.concat([inode.bytes, Buffer.alloc(length - inode.bytes.length)]);
    bytes.copy(next, at);
    inode.bytes = next;
    return true;
  }

  #sync({ pid, path, descriptor }: FileCall): boolean {
    const inode = this.#open.get(`${pid}:${descriptor}`);
    if (inode !== undefined && this.#names.get(path)?.isFolder !== true) {
      inode.synced = inode.bytes;
      return true;
    }
    for (const change of this.#changes) {
      change.folders.delete(path);
      if (change.folders.size === 0) change.apply(this.#certain);
    }
    this.#changes = this.#changes.filter(({ folders }) => folders.size > 0);
    return true;
  }

  #change(
    call: Pick<FileCall, "name" | "path" | "number">,
    paths: readonly string[],
    apply: (names: Map<string, Inode>) => unknown,
  ): boolean {
    const folders = new Set(paths.map(folderOf));
    const change = {
      what: `${call.name} ${baseName(call.path)} (call ${call.number})`,
      folders,
      apply: (names: Map<string, Inode>) => void apply(names),
    };
    apply(this.#names);
    this.#changes.push(change);
    return true;
  }
}

function newInode(isFolder: boolean, bytes: Buffer): Inode {
  return { isFolder, bytes, synced: bytes };
}

function isUncertain({ isFolder, bytes, synced }: Inode): boolean {
  return !isFolder && bytes !== synced;
}

function contentOf(inode: Inode, content: Content): Buffer {
  const { bytes, synced } = inode;
  if (!isUncertain(inode) || content === "whole") return bytes;
  if (content === "as before") return synced ?? Buffer.alloc(0);
  return content === "half" ? bytes.subarray(0, Math.floor(bytes.length / 2)) : Buffer.alloc(bytes.length);
}

/** Entries without a folder cannot be reached. */
function entriesOf(names: ReadonlyMap<string, Inode>, content: Content): ReadonlyMap<string, Buffer | null> {
  const roots = [...names.keys()].filter((path) => !names.has(folderOf(path))).map((path) => path.length);
  const shortest = Math.min(...roots);
  const isThere = (path: string): boolean =>
    names.get(path) !== undefined && (path.length === shortest || isBase(path, names, shortest));
  return new Map(
    [...names]
      .filter(([path]) => isThere(path))
      .map(([path, inode]) => [path, inode.isFolder ? null : contentOf(inode, content)] as const),
  );
}

function isBase(path: string, names: ReadonlyMap<string, Inode>, shortest: number): boolean {
  for (let folder = folderOf(path); folder.length > shortest; folder = folderOf(folder)) {
    if (names.get(folder)?.isFolder !== true) return false;
  }
  return true;
}

function keyOf({ entries }: CrashImage): string {
  const hash = createHash("sha256");
  // The random part of a temporary file's name makes no other image.
  for (const [path, bytes] of [...entries].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${path}\0${bytes === null ? "folder" : createHash("sha256").update(bytes).digest("hex")}\0`);
  }
  return hash.digest("hex");
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

import { constants, copyFile, type FileHandle, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AgentError } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { Logger } from "../../ports/logger.ts";
import { fileSignature, replaceFile, writeFileAtomic } from "../../system/atomic-file.ts";
import { syncFolder, type UnconfirmedFolder } from "../../system/durable-folder.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { openPlain } from "../../system/safe-file.ts";
import { readLines } from "./read-lines.ts";
import { decodeRecord, encodeRecord, FORMAT, MAX_LINE_BYTES, type StateRecord, VERSION } from "./record.ts";
import { RecordIndex } from "./record-index.ts";

export interface StateLogOptions {
  readonly path: string;
  readonly log: Logger;
  readonly unconfirmed: UnconfirmedFolder;
  /** A file that is smaller is not rewritten, however much of it is out of force. */
  readonly rewriteFromBytes?: number;
}

interface Waiting {
  readonly record: StateRecord;
  readonly line: Buffer;
  failure: unknown;
}

const REWRITE_FROM_BYTES = 16 * 2 ** 20;
const COPIED_AT_ONCE = 2 ** 20;
/** Lines are written together up to so much. */
const MAX_BATCH_BYTES = 8 * 2 ** 20;

/**
 * The state of all phones of a fleet in one file that grows at its end. Changes that come while the disk is at work are written
 * together, with one fsync for all of them. What was not written whole when the process or the power went is cut off at the next
 * start; a file that is mostly out of force is rewritten. Throws errors of the file system.
 */
export class StateLog {
  readonly #options: StateLogOptions;
  readonly #index = new RecordIndex();
  readonly #queue = new SerialQueue();
  #file: FileHandle;
  /** Up to here everything is durable, and nothing behind it counts. */
  #size = 0;
  /** There may be data after that. */
  #isTorn = false;
  #rewriteAtBytes: number;
  #waiting: Waiting[] = [];
  /** Takes all waiting changes; null: none. */
  #nextWrite: Promise<void> | null = null;

  /** Makes the file where it is missing. Throws AgentError STATE_VERSION, STATE_IO where it is not such a file. */
  static async open(options: StateLogOptions): Promise<StateLog> {
    const { path, unconfirmed } = options;
    if ((await fileSignature(path)) === null)
      await writeFileAtomic(path, `${FORMAT}${VERSION}\n`, { mode: 0o600, unconfirmed });
    const log = new StateLog(options, await openPlain(path, constants.O_RDWR));
    try {
      await log.#load();
    } catch (error) {
      await log.#file.close();
      throw error;
    }
    return log;
  }

  private constructor(options: StateLogOptions, file: FileHandle) {
    this.#options = options;
    this.#file = file;
    this.#rewriteAtBytes = options.rewriteFromBytes ?? REWRITE_FROM_BYTES;
  }

  /** Durable when it resolves; when it rejects, nothing has changed. */
  async append(record: StateRecord): Promise<void> {
    const entry: Waiting = { record, line: encodeRecord(record), failure: null };
    this.#waiting.push(entry);
    this.#nextWrite ??= this.#queue.run(() => {
      this.#nextWrite = null;
      return this.#writeWaiting();
    });
    await this.#nextWrite;
    if (entry.failure !== null) throw entry.failure;
  }

  /** Null: there is none. What is being written is not seen yet. */
  async read(owner: string, name: string): Promise<string | null> {
    const place = this.#index.find(owner, name);
    if (place === undefined) return null;
    const record = decodeRecord((await readWhole(this.#file, place)).subarray(0, -1));
    if (record?.kind === "put" && record.owner === owner && record.name === name) return record.text;
    throw new Error(
      `${this.#options.path} has changed at byte ${place.at}: the disk is damaged, or somebody else writes there`,
    );
  }

  close(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#isTorn) await this.#cutOff().catch(() => {});
      await this.#file.close();
    });
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) await this.#write(this.#takeWaiting());
    await this.#rewriteWhereWorthIt();
  }

  #takeWaiting(): readonly Waiting[] {
    let [count, bytes] = [0, 0];
    for (const { line } of this.#waiting) {
      bytes += line.length;
      if (count > 0 && bytes > MAX_BATCH_BYTES) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      if (this.#isTorn) await this.#cutOff();
      this.#isTorn = true;
      await writeWhole(this.#file, Buffer.concat(batch.map(({ line }) => line)), this.#size);
      await this.#file.datasync();
      this.#isTorn = false;
    } catch (error) {
      // A change that was reported as failed must not reappear after a restart.
      await this.#cutOff().catch(() => {});
      for (const entry of batch) entry.failure = error;
      return;
    }
    for (const { record, line } of batch) {
      this.#index.apply(record, { at: this.#size, bytes: line.length });
      this.#size += line.length;
    }
  }

  async #cutOff(): Promise<void> {
    await this.#file.truncate(this.#size);
    await this.#file.datasync();
    this.#isTorn = false;
  }

  async #load(): Promise<void> {
    const { path, log } = this.#options;
    let damaged = 0;
    /** Bad lines since the last good one. */
    let bad = 0;
    for await (const { at, bytes, line } of readLines(this.#file, MAX_LINE_BYTES)) {
      if (at === 0) checkFormat(line, path);
      const record = at === 0 || line === null ? null : decodeRecord(line);
      if (record === null && at > 0) {
        bad++;
        continue;
      }
      if (record !== null) this.#index.apply(record, { at, bytes });
      damaged += bad;
      bad = 0;
      this.#size = at + bytes;
    }
    if (this.#size === 0) throw notOurs(path);
    if ((await this.#file.stat()).size > this.#size) {
      log.info({ file: path }, "What was being written when the fleet last ended was not promised, and is dropped");
      await this.#cutOff();
    }
    if (damaged > 0) await this.#setAside(damaged);
    else await this.#rewriteWhereWorthIt();
  }

  /** Damage behind which there is more: what can be read is kept in a new file. */
  async #setAside(damaged: number): Promise<void> {
    const { path, log } = this.#options;
    let count = 1;
    while ((await fileSignature(`${path}.damaged-${count}`)) !== null) count++;
    const copy = `${path}.damaged-${count}`;
    await copyFile(path, copy, constants.COPYFILE_EXCL);
    await this.#rewrite();
    log.error(
      { file: path, movedTo: copy, lines: damaged },
      `the state file ${path} is damaged in ${damaged} places: it is kept as ${copy}, and those phones have older state`,
    );
  }

  async #rewriteWhereWorthIt(): Promise<void> {
    if (this.#size < this.#rewriteAtBytes || this.#index.liveBytes > this.#size / 2) return;
    const { path, log, rewriteFromBytes = REWRITE_FROM_BYTES } = this.#options;
    try {
      await this.#rewrite();
      this.#rewriteAtBytes = rewriteFromBytes;
    } catch (error) {
      // The file grows further: that is not fatal, and a full disk is reported separately.
      this.#rewriteAtBytes = 2 * this.#size;
      log.warn({ file: path }, describeIoError("cannot write the state anew in", path, error));
    }
  }

  async #rewrite(): Promise<void> {
    const { path, unconfirmed } = this.#options;
    const temporary = `${path}.new`;
    const { O_RDWR, O_CREAT, O_TRUNC } = constants;
    const file = await openPlain(temporary, O_RDWR | O_CREAT | O_TRUNC);
    const head = Buffer.from(`${FORMAT}${VERSION}\n`);
    let size = head.length;
    try {
      await writeWhole(file, head, 0);
      for (const range of rangesOf(this.#index.places())) {
        await writeWhole(file, await readWhole(this.#file, range), size);
        size += range.bytes;
      }
      await file.datasync();
      await replaceFile(temporary, path, (await fileSignature(temporary)) ?? "");
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    const old = this.#file;
    this.#file = file;
    this.#index.moved(head.length);
    this.#size = size;
    this.#isTorn = false;
    await syncFolder(dirname(path), unconfirmed);
    // Waits for those who still read there.
    await old.close();
  }
}

function checkFormat(line: Buffer | null, path: string): void {
  const text = line?.toString() ?? "";
  const version = text.startsWith(FORMAT) ? Number(text.slice(FORMAT.length)) : Number.NaN;
  if (version === VERSION) return;
  if (!(version > VERSION)) throw notOurs(path);
  const message = `${path} was written by a newer version of this program: run that, or choose another state folder`;
  throw new AgentError("STATE_VERSION", message);
}

function notOurs(path: string): AgentError {
  return new AgentError("STATE_IO", `${path} is not the state of a fleet: choose another state folder`);
}

/** Neighbours as one, up to a bound. */
function rangesOf(places: readonly { readonly at: number; readonly bytes: number }[]) {
  const ranges: { at: number; bytes: number }[] = [];
  for (const { at, bytes } of places) {
    const last = ranges.at(-1);
    if (last !== undefined && last.at + last.bytes === at && last.bytes < COPIED_AT_ONCE) last.bytes += bytes;
    else ranges.push({ at, bytes });
  }
  return ranges;
}

async function readWhole(file: FileHandle, { at, bytes }: { readonly at: number; readonly bytes: number }) {
  const buffer = Buffer.allocUnsafe(bytes);
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, at + done);
    if (bytesRead === 0) throw Object.assign(new Error("the file has become shorter"), { code: "EIO" });
    done += bytesRead;
  }
  return buffer;
}

async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

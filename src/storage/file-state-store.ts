import { createHash } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AgentError, isAgentError } from "../cwmp/errors.ts";
import { SerialQueue } from "../durable/serial-queue.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";
import { fileSignature, removeTemporaryFiles, replaceFile, writeFileAtomic } from "../system/atomic-file.ts";
import { makeFolder, syncFolder, type UnconfirmedFolder, warnOncePerFolder } from "../system/durable-folder.ts";
import { describeIoError, hasCode } from "../system/io-errors.ts";
import { readPlain, refuseLink } from "../system/safe-file.ts";
import { DamagedDocument, decodeDocument, encodeDocument } from "./document-text.ts";
import { lockFolder } from "./folder-lock.ts";

export interface FileStateStore extends StateStore {
  /** Waits for what is being written and frees the folder for another process. */
  close(): Promise<void>;
}

export interface FileStateStoreOptions {
  /** Created when it is missing, with mode 0700. */
  readonly folder: string;
  readonly log: Logger;
}

const FOLDER_MODE = 0o700;
const ERASED = "erased";

/**
 * Documents as JSON files in `<folder>/documents`, mode 0600. One process may have a folder open at a time;
 * nobody else writes there, so that a document that is saved again unchanged need not be written again.
 *
 * @throws AgentError STATE_IO when the folder cannot be used, or is in use
 */
export function createFileStateStore(options: FileStateStoreOptions): Promise<FileStateStore> {
  return DocumentFolder.open(options);
}

class DocumentFolder implements FileStateStore {
  readonly #folder: string;
  readonly #documents: string;
  readonly #log: Logger;
  readonly #unconfirmed: UnconfirmedFolder;
  readonly #queue = new SerialQueue();
  /** Path → hash of what is known to stand there. */
  readonly #written = new Map<string, string>();
  /** Existing documents: a new phone looks for a dozen. */
  readonly #present = new Set<string>();
  #unlock: () => Promise<void> = async () => {};

  static async open(options: FileStateStoreOptions): Promise<DocumentFolder> {
    const store = new DocumentFolder(options);
    await guarded("cannot use the state folder", options.folder, () => store.#open());
    return store;
  }

  private constructor({ folder, log }: FileStateStoreOptions) {
    this.#folder = folder;
    this.#documents = join(folder, "documents");
    this.#log = log;
    this.#unconfirmed = warnOncePerFolder(log);
  }

  load<T>(document: StateDocument<T>): Promise<T> {
    const path = this.#pathOf(document);
    return this.#queue.run(async () => {
      if (!this.#present.has(path)) return document.empty();
      // It may turn out damaged and be set aside.
      this.#written.delete(path);
      return this.#load(document, path);
    });
  }

  save<T>(document: StateDocument<T>, value: T): Promise<void> {
    const path = this.#pathOf(document);
    // Taken now: the caller may go on changing the value.
    const text = encodeDocument(document, value);
    return this.#queue.run(() => guarded("cannot save the state in", path, () => this.#write(path, text)));
  }

  erase(): Promise<void> {
    return this.#queue.run(() => guarded("cannot erase the state in", this.#documents, () => this.#erase()));
  }

  close(): Promise<void> {
    return this.#queue.run(() => this.#unlock());
  }

  async #open(): Promise<void> {
    await this.#makeFolder(this.#folder);
    this.#unlock = await lockFolder(this.#folder, join(this.#folder, "lock"));
    try {
      if (await syncFolder(this.#folder, this.#unconfirmed)) await this.#removeErased();
      await refuseLink(this.#documents);
      await this.#makeFolder(this.#documents);
      await removeTemporaryFiles(this.#documents);
      for (const name of await readdir(this.#documents)) this.#present.add(join(this.#documents, name));
    } catch (error) {
      await this.#unlock();
      throw error;
    }
  }

  async #load<T>(document: StateDocument<T>, path: string): Promise<T> {
    const bytes = await guarded("cannot read the state in", path, () => readIfThere(path));
    if (bytes === null) return document.empty();
    try {
      return decodeDocument(document, decodeUtf8(bytes), path);
    } catch (error) {
      if (!(error instanceof DamagedDocument)) throw error;
      const movedTo = await guarded("cannot set aside the damaged", path, () => this.#setAside(path));
      this.#log.error(
        { file: path, movedTo, reason: error.message },
        `the state file ${path} is damaged (${error.message}): it is kept as ${movedTo}, and this part of the state starts empty`,
      );
      return document.empty();
    }
  }

  async #write(path: string, text: string): Promise<void> {
    const hash = createHash("sha256").update(text).digest("base64");
    if (this.#written.get(path) === hash) return;
    this.#written.delete(path);
    const file = { mode: 0o600, unconfirmed: this.#unconfirmed };
    try {
      await writeFileAtomic(path, text, file);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
      // An erase could not recreate the folder.
      await this.#makeFolder(this.#documents);
      await writeFileAtomic(path, text, file);
    }
    this.#present.add(path);
    this.#written.set(path, hash);
  }

  /**
   * By one rename, so that a start after `kill -9` finds all documents or none: once that has taken effect the documents are
   * gone, and what is left to do may fail silently. A folder that cannot be made is made by the next write.
   */
  async #erase(): Promise<void> {
    await this.#removeErased();
    await this.#setDocumentsAside();
    this.#written.clear();
    this.#present.clear();
    await this.#makeFolder(this.#documents).catch(() => {});
    // Before that is durable nothing is removed: a power cut would bring back a part of the documents.
    if (await syncFolder(this.#folder, this.#unconfirmed)) await this.#removeErased().catch(() => {});
  }

  async #setDocumentsAside(): Promise<void> {
    try {
      await rename(this.#documents, join(this.#folder, ERASED));
    } catch (error) {
      // Gone already: an erase before this one, or this very rename, whatever it reports.
      if ((await fileSignature(this.#documents)) !== null) throw error;
    }
  }

  #removeErased(): Promise<void> {
    return rm(join(this.#folder, ERASED), { recursive: true, force: true });
  }

  async #setAside(path: string): Promise<string> {
    const taken = new Set((await readdir(this.#documents)).map((name) => join(this.#documents, name)));
    let count = 1;
    while (taken.has(`${path}.damaged-${count}`)) count++;
    const movedTo = `${path}.damaged-${count}`;
    await replaceFile(path, movedTo, (await fileSignature(path)) ?? "");
    await syncFolder(this.#documents, this.#unconfirmed);
    return movedTo;
  }

  async #makeFolder(folder: string): Promise<void> {
    await makeFolder(folder, { mode: FOLDER_MODE, unconfirmed: this.#unconfirmed });
  }

  #pathOf(document: StateDocument<unknown>): string {
    if (!/^[a-z-]+$/.test(document.name))
      throw new RangeError(`"${document.name}" is not the name of a state document`);
    return join(this.#documents, `${document.name}.json`);
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readPlain(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DamagedDocument("it is not UTF-8 text");
  }
}

async function guarded<T>(action: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAgentError(error)) throw error;
    throw new AgentError("STATE_IO", describeIoError(action, path, error), { cause: error });
  }
}

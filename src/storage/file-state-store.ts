import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AgentError, isAgentError } from "../cwmp/errors.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";
import { hasCode, removeTemporaryFiles, syncFolder, writeFileAtomic } from "../system/atomic-file.ts";
import { describeIoError } from "../system/io-errors.ts";
import { DamagedDocument, decodeDocument, encodeDocument } from "./document-text.ts";
import { lockFolder } from "./folder-lock.ts";
import { createWriteQueue } from "./write-queue.ts";

export interface FileStateStore extends StateStore {
  /** Waits for what is being written and frees the folder for another process. */
  close(): Promise<void>;
}

export interface FileStateStoreOptions {
  /** Created when it is missing, with mode 0700. */
  readonly folder: string;
  readonly log: Logger;
}

/**
 * Documents as JSON files in `<folder>/documents`, mode 0600. One process may have a folder open at a time;
 * nobody else writes there, so that a document that is saved again unchanged need not be written again.
 *
 * @throws AgentError STATE_IO when the folder cannot be used, or is in use
 */
export async function createFileStateStore({ folder, log }: FileStateStoreOptions): Promise<FileStateStore> {
  const documents = join(folder, "documents");
  const unlock = await guarded("cannot use the state folder", folder, () => openFolder(folder, documents));
  const queue = createWriteQueue();
  /** Path → hash of what is known to stand there, durably. */
  const written = new Map<string, string>();
  /** What may be there: a phone that is new looks for a dozen documents. */
  const present = new Set((await readdir(documents)).map((name) => join(documents, name)));

  const write = async (path: string, text: string): Promise<void> => {
    const hash = createHash("sha256").update(text).digest("base64");
    if (written.get(path) === hash) return;
    written.delete(path);
    present.add(path);
    await writeFileAtomic(path, text, { mode: 0o600 });
    written.set(path, hash);
  };

  return {
    load: (document) =>
      queue.run(async () => {
        const path = pathOf(documents, document);
        if (!present.has(path)) return document.empty();
        // It may turn out damaged and be set aside.
        written.delete(path);
        return load(documents, document, log);
      }),
    save(document, value) {
      const path = pathOf(documents, document);
      // Taken now: the caller may go on changing the value.
      return queue.replace(path, encodeDocument(document, value), (text) =>
        guarded("cannot save the state in", path, () => write(path, text)),
      );
    },
    erase: () =>
      queue.run(() => {
        written.clear();
        present.clear();
        return guarded("cannot erase the state in", documents, () => erase(folder, documents));
      }),
    close: () => queue.run(unlock),
  };
}

async function openFolder(folder: string, documents: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(folder, join(folder, "lock"));
  try {
    await removeErased(folder);
    await mkdir(documents, { recursive: true, mode: 0o700 });
    await syncFolder(folder);
    await removeTemporaryFiles(documents);
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function load<T>(documents: string, document: StateDocument<T>, log: Logger): Promise<T> {
  const path = pathOf(documents, document);
  const bytes = await guarded("cannot read the state in", path, () => readIfThere(path));
  if (bytes === null) return document.empty();
  try {
    return decodeDocument(document, decodeUtf8(bytes), path);
  } catch (error) {
    if (!(error instanceof DamagedDocument)) throw error;
    const movedTo = await guarded("cannot set aside the damaged", path, () => setAside(documents, path));
    log.error(
      { file: path, movedTo, reason: error.message },
      `the state file ${path} is damaged (${error.message}): it is kept as ${movedTo}, and this part of the state starts empty`,
    );
    return document.empty();
  }
}

/** By one rename, so that a start after `kill -9` finds all documents or none. */
async function erase(folder: string, documents: string): Promise<void> {
  await removeErased(folder);
  await rename(documents, join(folder, ERASED));
  await mkdir(documents, { mode: 0o700 });
  await syncFolder(folder);
  await removeErased(folder);
}

const ERASED = "erased";

function removeErased(folder: string): Promise<void> {
  return rm(join(folder, ERASED), { recursive: true, force: true });
}

async function setAside(documents: string, path: string): Promise<string> {
  const taken = new Set((await readdir(documents)).map((name) => join(documents, name)));
  let count = 1;
  while (taken.has(`${path}.damaged-${count}`)) count++;
  const movedTo = `${path}.damaged-${count}`;
  await rename(path, movedTo);
  await syncFolder(documents);
  return movedTo;
}

function pathOf(documents: string, document: StateDocument<unknown>): string {
  if (!/^[a-z-]+$/.test(document.name)) throw new RangeError(`"${document.name}" is not the name of a state document`);
  return join(documents, `${document.name}.json`);
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
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

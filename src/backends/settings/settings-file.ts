import { basename, dirname } from "node:path";
import { type AutopDocument, parseAutop } from "../../autop/document.ts";
import { AgentError, isAgentError } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";
import { fileSignature, removeTemporaryFiles, targetOf, writeFileAtomic } from "../../system/atomic-file.ts";
import { makeFolder } from "../../system/durable-folder.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { encodeFileText, type FileSnapshot, readSnapshot, readWhenQuiet } from "./file-snapshot.ts";

/** A phone's file on disk, as last read or written. */
export interface StoredDocument {
  readonly document: AutopDocument;
  readonly encoding: FileSnapshot["encoding"];
  readonly signature: string | null;
}

export interface Rewritten {
  /** The previous content on disk: equal to the one passed in, unless someone has edited the file meanwhile. */
  readonly found: StoredDocument;
  readonly written: StoredDocument;
}

/** Before the umask is applied. */
const FOLDER_MODE = 0o777;
const MAX_REWRITES = 5;

/** Creates a missing folder, and removes leftovers of interrupted writes. Throws AgentError BACKEND_IO. */
export function prepareSettingsFolder(path: string): Promise<void> {
  return guarded("cannot use the phone's file", path, async () => {
    const target = await targetOf(path);
    await makeFolder(dirname(target), { mode: FOLDER_MODE });
    await removeTemporaryFiles(dirname(target), basename(target));
  });
}

/** Null: no file yet, or an empty one. Throws UnusableFile, or the error of the file system. */
export async function readSettingsFile(path: string): Promise<StoredDocument | null> {
  const snapshot = await readSnapshot(path);
  return isBlank(snapshot) ? null : stored(snapshot);
}

/** Null if the file is unchanged. Throws the error of the file system. */
export async function lookAtSettingsFile(
  path: string,
  last: StoredDocument,
  scheduler: Scheduler,
): Promise<StoredDocument | "missing" | null> {
  const snapshot = await readWhenQuiet(path, last.signature, scheduler);
  if (snapshot === null) return null;
  return isBlank(snapshot) ? "missing" : stored(snapshot);
}

/**
 * Changes the file, keeping what others have written since the last read. A missing or empty file is written
 * completely. Throws AgentError BACKEND_IO, with the file unchanged.
 */
export function rewriteSettingsFile(
  path: string,
  last: StoredDocument,
  change: (document: AutopDocument) => AutopDocument,
  scheduler: Scheduler,
): Promise<Rewritten> {
  return guarded("cannot write the phone's file", path, async () => {
    let found = last;
    for (let tries = 0; tries < MAX_REWRITES; tries++) {
      const look = await lookAtSettingsFile(path, found, scheduler);
      if (look === "missing") found = { ...found, signature: await fileSignature(path) };
      else if (look !== null) found = look;
      const written = await replaceUnlessChanged(path, found, change);
      if (written !== null) return { found, written };
    }
    throw new Error("other programs keep writing it at the same time");
  });
}

/** Writes a new file. */
export function createSettingsFile(path: string, text: string): Promise<StoredDocument> {
  return guarded("cannot write the phone's file", path, async () => {
    const signature = await writeFileAtomic(path, text, { mode: 0o600 });
    return { document: parseAutop(text), encoding: "utf8", signature };
  });
}

async function replaceUnlessChanged(
  path: string,
  found: StoredDocument,
  change: (document: AutopDocument) => AutopDocument,
): Promise<StoredDocument | null> {
  // A copy: readers use the old one until all is on disk.
  const document = change(parseAutop(found.document.toText()));
  const beforeReplace = async () => {
    if ((await fileSignature(path)) !== found.signature) throw new ChangedMeanwhile();
  };
  try {
    const bytes = encodeFileText(document.toText(), found.encoding);
    const signature = await writeFileAtomic(path, bytes, { mode: 0o600, beforeReplace });
    return { document, encoding: found.encoding, signature };
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return null;
    throw error;
  }
}

class ChangedMeanwhile extends Error {}

function stored({ text, encoding, signature }: FileSnapshot): StoredDocument {
  return { document: parseAutop(text), encoding, signature };
}

function isBlank(snapshot: FileSnapshot): boolean {
  return snapshot.text.trim() === "";
}

async function guarded<T>(action: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAgentError(error)) throw error;
    throw new AgentError("BACKEND_IO", describeIoError(action, path, error), { cause: error });
  }
}

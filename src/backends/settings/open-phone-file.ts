import { rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { parseAutop } from "../../autop/document.ts";
import { messageOf } from "../../cwmp/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import { fileSignature, targetOf, writeFileAtomic } from "../../system/atomic-file.ts";
import { syncFolder } from "../../system/durable-folder.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { readSnapshot, UnusableFile } from "./file-snapshot.ts";
import { createSettingsFile, prepareSettingsFolder, readSettingsFile, type StoredDocument } from "./settings-file.ts";

export interface OpenPhoneFileOptions {
  readonly path: string;
  readonly copy: LastGoodCopy;
  /** The settings of a phone with neither file nor copy. */
  readonly factoryText: string;
  readonly log: Logger;
}

/**
 * Opens the phone's file at a start. A phone with an unusable file still starts, and finds its ACS: with the last
 * good settings, otherwise the factory settings. Throws AgentError BACKEND_IO: the folder is unusable, or a new file
 * cannot be written.
 */
export async function openPhoneFile(options: OpenPhoneFileOptions): Promise<StoredDocument> {
  const { path, factoryText, log } = options;
  await prepareSettingsFolder(path);
  try {
    const found = await readSettingsFile(path);
    if (found !== null) return found;
  } catch (error) {
    return startWithout(error, options);
  }
  log.info({ file: path }, `${path} does not exist yet: it is created with the factory settings`);
  return createSettingsFile(path, factoryText);
}

async function startWithout(error: unknown, options: OpenPhoneFileOptions): Promise<StoredDocument> {
  const { path, copy, factoryText, log } = options;
  const lastGood = await copy.read();
  const text = lastGood ?? factoryText;
  const which = lastGood === null ? "with the factory settings: there is no copy of it" : `with ${path}.last-good`;
  const reason = describeIoError("cannot use the phone's file", path, error);
  if (error instanceof UnusableFile || (await isNoFile(path))) {
    try {
      const aside = await setAside(path);
      log.error({ file: path, aside }, `${reason}. It is kept as ${aside}, and the phone starts ${which}`);
      return await createSettingsFile(path, text);
    } catch (failure) {
      log.error({ file: path, reason: messageOf(failure) }, "The phone's file could not be replaced");
    }
  }
  log.error({ file: path }, `${reason}. The phone starts ${which}, and uses the file once it can be read`);
  return { document: parseAutop(text), encoding: "utf8", signature: null };
}

/** Such as a folder or a pipe. */
function isNoFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => !status.isFile(),
    () => false,
  );
}

/** `phone.cfg.unusable-1`; beside the target of a link. */
async function setAside(path: string): Promise<string> {
  const target = await targetOf(path);
  let count = 1;
  while ((await fileSignature(`${target}.unusable-${count}`)) !== null) count++;
  const aside = `${target}.unusable-${count}`;
  await rename(target, aside);
  await syncFolder(dirname(target));
  return aside;
}

/** The last good copy of the phone's file, beside it: `phone.cfg.last-good`. */
export interface LastGoodCopy {
  /** Writes the text if the copy differs. Never throws: a failure is logged once, and the old copy stays. */
  keep(text: string): Promise<void>;
  /** Null: no usable copy. Never throws. */
  read(): Promise<string | null>;
}

export function createLastGoodCopy(phoneFile: string, log: Logger): LastGoodCopy {
  const path = `${phoneFile}.last-good`;
  let kept: string | null = null;
  let problem = "";
  const read = async (): Promise<string | null> => {
    const text = await readSnapshot(path).then(
      (found) => found.text,
      () => "",
    );
    return text.trim() === "" ? null : text;
  };
  return {
    read,
    async keep(text) {
      if (text === kept) return;
      kept ??= await read();
      if (text === kept) return;
      try {
        await writeFileAtomic(path, text, { mode: 0o600 });
        kept = text;
        problem = "";
      } catch (error) {
        const reason = messageOf(error);
        if (reason !== problem) log.warn({ file: path, reason }, "The copy of the phone's file cannot be written");
        problem = reason;
      }
    },
  };
}

import { CwmpFault } from "../../cwmp/errors.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Applied, Backend } from "../../ports/backend.ts";
import type { DownloadedFile, FileTransfer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { TransferFailure } from "../autonomous/transfer-report.ts";
import { applyConfiguration, isInForce } from "../configuration/apply-configuration.ts";
import { MAX_CONFIGURATION_BYTES, readConfiguration, tooLarge } from "../configuration/configuration.ts";
import { CONFIGURATION_FILE, LOG_FILE } from "./checks.ts";
import { fileName, type TransferRecord } from "./record.ts";

export interface InstallParts {
  readonly tree: ParameterTree;
  readonly backend: Backend;
  readonly fileTransfer: FileTransfer;
  /** The latest log lines, without secrets. */
  recentLog(): string;
  /**
   * Resolves when values that a file has set are recorded as the ACS's own, so that a later start does not report them
   * as changes.
   */
  recorded(): Promise<void>;
  readonly log: Logger;
}

/** Makes a downloaded file the phone's; a configuration file all or nothing (C-184). Throws CwmpFault 9018 and the like, with nothing changed. */
export async function installFile(record: TransferRecord, file: DownloadedFile, parts: InstallParts): Promise<Applied> {
  if (record.fileType === CONFIGURATION_FILE) {
    if (file.bytes > MAX_CONFIGURATION_BYTES) throw tooLarge();
    const configuration = readConfiguration(await parts.fileTransfer.read(fileName(record)));
    if (configuration.settings.size === 0 && configuration.badLines.length === 0) {
      throw new CwmpFault(9018, "the file holds no setting");
    }
    return (await applyConfiguration(configuration, { name: record.method, by: "acs", lenient: false }, parts)).applied;
  }
  const { files } = parts.backend;
  if (files === undefined) throw new CwmpFault(9010, "the phone no longer accepts this type of file");
  return files.install(record.fileType, file.path);
}

/** Whether a configuration file was applied completely although its installation was interrupted. */
export async function isInstalled(record: TransferRecord, parts: InstallParts): Promise<boolean> {
  if (record.fileType !== CONFIGURATION_FILE) return false;
  return isInForce(readConfiguration(await parts.fileTransfer.read(fileName(record))), parts.tree);
}

/** After a restart: whatever was installed is in force, unless the phone reports a failure. */
export async function installFailure(
  fileType: string,
  { backend }: Pick<InstallParts, "backend">,
): Promise<TransferFailure | null> {
  try {
    await backend.files?.verify?.(fileType);
    return null;
  } catch (error) {
    const fault = error instanceof CwmpFault ? error : new CwmpFault(9002);
    return { code: fault.faultCode, text: fault.message };
  }
}

export async function contentFor({ fileType }: TransferRecord, parts: InstallParts): Promise<Uint8Array> {
  const { backend } = parts;
  if (fileType === LOG_FILE) return new TextEncoder().encode(parts.recentLog());
  if (backend.files === undefined) throw new CwmpFault(9011, "the phone no longer has this type of file");
  return backend.files.produce(fileType);
}

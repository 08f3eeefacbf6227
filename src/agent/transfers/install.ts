import {
  type ConfigurationFile,
  ConfigurationFileError,
  parseConfigurationFile,
} from "../../autop/configuration-file.ts";
import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Applied, Backend } from "../../ports/backend.ts";
import type { DownloadedFile, FileTransfer } from "../../ports/file-transfer.ts";
import { CONFIGURATION_FILE, LOG_FILE } from "./checks.ts";
import { fileName, type TransferFailure, type TransferRecord } from "./record.ts";

export interface InstallParts {
  readonly tree: ParameterTree;
  readonly backend: Backend;
  readonly fileTransfer: FileTransfer;
  /** The latest log lines, without secrets. */
  readonly recentLog: () => string;
}

/** A phone's file has some 60 kB. */
const MAX_CONFIGURATION_BYTES = 4 * 2 ** 20;

/** Makes a downloaded file the phone's. Throws CwmpFault 9018 and the like, with nothing changed. */
export async function installFile(record: TransferRecord, file: DownloadedFile, parts: InstallParts): Promise<Applied> {
  if (record.fileType === CONFIGURATION_FILE) {
    if (file.bytes > MAX_CONFIGURATION_BYTES) {
      throw new CwmpFault(9018, `a configuration file has at most ${MAX_CONFIGURATION_BYTES} bytes`);
    }
    return applyConfiguration(await parts.fileTransfer.read(fileName(record)), parts.tree);
  }
  const { files } = parts.backend;
  if (files === undefined) throw new CwmpFault(9010, "the phone takes no such file any more");
  return files.install(record.fileType, file.path);
}

/** The phone has come up: what was installed is in force, unless the phone says that it could not be. */
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

export async function contentFor(
  { fileType }: TransferRecord,
  { backend, recentLog }: InstallParts,
): Promise<Uint8Array> {
  if (fileType === LOG_FILE) return new TextEncoder().encode(recentLog());
  if (backend.files === undefined) throw new CwmpFault(9011, "the phone has no such file any more");
  return backend.files.produce(fileType);
}

/** All settings of the file or none (C-184). The fault names the line, never a value. */
async function applyConfiguration(bytes: Uint8Array, tree: ParameterTree): Promise<Applied> {
  const file = parsed(bytes);
  try {
    return await tree.applySettings(file.settings, "acs");
  } catch (error) {
    if (!(error instanceof CwmpFault) || error.parameterFaults.length === 0) throw error;
    throw new CwmpFault(9018, describeFaults(error, file), { cause: error });
  }
}

function parsed(bytes: Uint8Array): ConfigurationFile {
  try {
    return parseConfigurationFile(bytes);
  } catch (error) {
    if (error instanceof ConfigurationFileError) throw new CwmpFault(9018, messageOf(error), { cause: error });
    throw error;
  }
}

function describeFaults({ parameterFaults }: CwmpFault, { lineOf }: ConfigurationFile): string {
  const lines = parameterFaults
    .map(({ parameterName, faultString }) => ({ key: parameterName, line: lineOf(parameterName) ?? 0, faultString }))
    .sort((one, other) => one.line - other.line);
  const [first] = lines;
  const more = lines.length > 1 ? `; ${lines.length - 1} more` : "";
  return `line ${first?.line}: ${first?.key}: ${first?.faultString}${more}`;
}

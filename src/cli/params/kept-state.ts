import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AgentError, messageOf } from "../../cwmp/errors.ts";
import { EMPTY_PARAMETERS_STATE, PARAMETERS_DOCUMENT, type ParametersState } from "../../parameters/state.ts";
import { decodeDocument } from "../../storage/document-text.ts";
import { hasCode } from "../../system/io-errors.ts";

/**
 * The stored state of an agent's parameters in that folder, read without opening the store, which may be in use.
 * Empty if there is none. Throws AgentError BACKEND_IO for unreadable files, STATE_VERSION for files of a newer
 * program.
 */
export function keptState(stateFolder: string): ParametersState {
  const path = join(stateFolder, "documents", `${PARAMETERS_DOCUMENT.name}.json`);
  const text = textOf(path);
  return text === null ? EMPTY_PARAMETERS_STATE : decodeDocument(PARAMETERS_DOCUMENT, text, path);
}

/** Null: there is no such file. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw new AgentError("BACKEND_IO", `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

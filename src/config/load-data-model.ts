import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AgentError, messageOf } from "../cwmp/errors.ts";
import { type Finding, FindingsError } from "../cwmp/findings.ts";
import { compileDataModel } from "../model/compile.ts";
import type { DataModel } from "../model/types.ts";
import { describeIoError, mayPass } from "../system/io-errors.ts";
import { defaultDataModelFolder } from "./data-model-folder.ts";
import { type ExtensionName, extensionFiles } from "./extensions.ts";

export { defaultDataModelFolder } from "./data-model-folder.ts";

/**
 * Reads and compiles every `*.yaml` of a folder, not of its sub-folders, and the extensions that are asked for: those
 * that come with the program, whatever the folder. Throws FindingsError: a folder or file that cannot be read, or the
 * mistakes in the files. Throws AgentError CONFIG_IO where a file cannot be read for a reason that may pass.
 */
export function loadDataModel(folder: string, extensions: readonly ExtensionName[] = []): DataModel {
  const names = attempt(folder, () => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".yaml"))
    .map((entry) => join(folder, entry.name));
  if (names.length === 0)
    throw new FindingsError([wholeFile(folder, "EMPTY_FOLDER", "the folder holds no *.yaml file")]);
  const more = extensions.flatMap(extensionFiles).map((file) => join(defaultDataModelFolder(), "extensions", file));
  return compileDataModel(
    [...names, ...more].map((file) => ({ file, text: attempt(file, () => readFileSync(file, "utf8")) })),
  );
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (mayPass(error))
      throw new AgentError("CONFIG_IO", describeIoError("cannot read", file, error), { cause: error });
    throw new FindingsError([wholeFile(file, "UNREADABLE", `cannot be read: ${messageOf(error)}`)]);
  }
}

function wholeFile(file: string, code: string, message: string): Finding {
  return { file, line: 0, column: 0, code, message };
}

import type { Clone } from "../clone/clone.ts";
import { FindingsError } from "../cwmp/findings.ts";
import type { DataModel } from "../model/types.ts";
import { cloneConfig } from "./clone-settings.ts";
import type { ExtensionName } from "./extensions.ts";
import type { Config } from "./load-config.ts";
import { openChosenModel, openDataModel } from "./open-data-model.ts";
import { readDump } from "./readable-files.ts";

/** The data model of a phone, and its settings with what a clone says itself where they state nothing. */
export interface PhoneModel {
  readonly config: Config;
  readonly model: DataModel;
  /** Null: it is a phone of its own. */
  readonly clone: Clone | null;
}

/** Extensions of `Device.ManagementServer.` that the agent obeys where a clone has them. */
const OBEYED: readonly ExtensionName[] = ["retryIntervals", "scheduledReboot", "enableCwmp", "notificationThrottle"];

/** Throws FindingsError for a data model or a dump that cannot be used. */
export async function openPhoneModel(config: Config): Promise<PhoneModel> {
  if (config.clone === null) {
    return { config, clone: null, model: await openChosenModel(config) };
  }
  const clone = await openClone(config.clone);
  return { config: cloneConfig(config, clone), model: clone.model, clone };
}

/** Reads a dump of a device. Throws FindingsError where nothing of it can be used. */
export async function openClone(file: string): Promise<Clone> {
  const read = readDump(file);
  if ("problem" in read) {
    const message = `the dump cannot be used: ${read.problem}`;
    throw new FindingsError([{ file, line: 0, column: 0, code: "FILE_UNREADABLE", message }]);
  }
  const { compileClone } = await import("../clone/clone.ts");
  return compileClone(file, read.text, await openDataModel(null, OBEYED));
}

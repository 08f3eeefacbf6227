import type { Clone } from "../clone/clone.ts";
import { FindingsError } from "../cwmp/findings.ts";
import type { DataModel } from "../model/types.ts";
import { cloneConfig } from "./clone-settings.ts";
import { applyCloneValues, NO_CLONE_VALUES, type ValuedModel } from "./clone-values/apply.ts";
import type { ExtensionName } from "./extensions.ts";
import type { TemplateValues } from "./fleet/template.ts";
import type { Config } from "./load-config.ts";
import { openChosenModel, openDataModel } from "./open-data-model.ts";
import { readDump } from "./readable-files.ts";

/** The data model of a phone, and its settings, completed from the dump for a clone. */
export interface PhoneModel {
  readonly config: Config;
  readonly model: DataModel;
  /** Null: the phone is not a clone. */
  readonly clone: Clone | null;
  /** For a clone: values of the settings that replace the dump's. */
  readonly values: Omit<ValuedModel, "model">;
}

/** Extensions of `Device.ManagementServer.` that the agent obeys where a clone has them. */
const OBEYED: readonly ExtensionName[] = ["retryIntervals", "scheduledReboot", "enableCwmp", "notificationThrottle"];

/** The data model and settings that phones are made from, read once for all phones that share them. */
export interface BaseModel {
  readonly model: DataModel;
  readonly clone: Clone | null;
}

/** Throws FindingsError for a data model or a dump that cannot be used, and for values of a clone that it cannot have. */
export async function openPhoneModel(config: Config): Promise<PhoneModel> {
  return phoneModelOf(await openBaseModel(config), config);
}

/** Throws FindingsError for a data model or a dump that cannot be used. */
export async function openBaseModel(config: Config): Promise<BaseModel> {
  if (config.clone === null) return { model: await openChosenModel(config), clone: null };
  const clone = await openClone(config.clone);
  return { model: clone.model, clone };
}

/**
 * @param samples values to check its templates with
 * @throws FindingsError for values of a clone that it cannot have
 */
export function phoneModelOf(
  { model, clone }: BaseModel,
  config: Config,
  samples?: readonly TemplateValues[],
): PhoneModel {
  if (clone === null) return { config, model, clone, values: NO_CLONE_VALUES };
  const { model: valued, ...values } = applyCloneValues(model, config, samples);
  return { config: cloneConfig(config, clone), model: valued, clone, values };
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

import { EXTENSION_NAMES, type ExtensionName } from "../../config/extensions.ts";
import { nearest } from "../../system/nearest.ts";
import { UsageError } from "../io.ts";

/** The names as extensions. Throws a UsageError that suggests the most similar name. */
export function checkedExtensions(names: readonly string[]): readonly ExtensionName[] {
  return names.map((name) => EXTENSION_NAMES.find((known) => known === name) ?? unknownExtension(name));
}

function unknownExtension(name: string): never {
  const near = nearest(name, EXTENSION_NAMES);
  const advice = near === null ? `there are ${EXTENSION_NAMES.join(", ")}` : `did you mean ${near}?`;
  throw new UsageError(`there is no extension ${name}; ${advice}`);
}

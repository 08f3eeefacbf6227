import { type Clone, compileClone } from "../../src/clone/clone.ts";
import { openDataModel } from "../../src/config/open-data-model.ts";

/** A dump of these nodes below `Device.`, as GenieACS has them. */
export function genieAcs(device: object): string {
  return JSON.stringify({ _id: "1", Device: { _object: true, ...device } });
}

export function parameter(value: unknown, type = "xsd:string", writable = true): object {
  return { _value: value, _type: type, _writable: writable };
}

export async function cloneOf(text: string, file = "dump"): Promise<Clone> {
  return compileClone(file, text, await openDataModel(null, ["scheduledReboot", "enableCwmp"]));
}

import { isSettingKey, valueRefusal } from "../../autop/document.ts";
import type { BackendKey, FactorySettings } from "../../ports/backend.ts";
import { refusedKey } from "../refused-key.ts";

/**
 * Throws PhoneFault BACKEND_REFUSED for a key that no AutoP file holds and for a value that its file cannot hold. A setting
 * that the data model lacks is taken: the firmware may know it (docs/decisions/0009).
 */
export function checkStaged(factory: FactorySettings, changes: ReadonlyMap<BackendKey, string>): void {
  for (const [key, value] of changes) {
    if (!factory.has(key) && !isSettingKey(key)) throw refusedKey(9005, key, "the phone has no such setting");
    const refusal = valueRefusal(value);
    if (refusal !== null) throw refusedKey(9007, key, refusal);
  }
}

import { AgentError } from "../../cwmp/errors.ts";
import type { BackendKey, FactorySettings } from "../../ports/backend.ts";
import { valueRefusal } from "../autop/document.ts";

/** Throws AgentError BACKEND_REFUSED for a key that the phone does not have and for a value that its file cannot hold. */
export function checkStaged(factory: FactorySettings, changes: ReadonlyMap<BackendKey, string>): void {
  for (const [key, value] of changes) {
    if (!factory.has(key)) throw new AgentError("BACKEND_REFUSED", `${key}: the phone has no such setting`);
    const refusal = valueRefusal(value);
    if (refusal !== null) throw new AgentError("BACKEND_REFUSED", `${key}: ${refusal}`);
  }
}

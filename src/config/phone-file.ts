import { join } from "node:path";
import type { Config } from "./load-config.ts";

/**
 * The phone's own file; null where its settings are in memory. A simulated phone has it in the state folder unless the settings
 * say otherwise: settings and state are kept together, or lost together.
 */
export function phoneFile({ backend, stateFolder }: Pick<Config, "backend" | "stateFolder">): string | null {
  if (backend.type !== "simulated") return backend.file;
  return backend.inMemory ? null : (backend.file ?? join(stateFolder, "phone.cfg"));
}

/** Whether nothing of the phone outlives the process. */
export function isInMemory({ backend }: Pick<Config, "backend">): boolean {
  return backend.type === "simulated" && backend.inMemory;
}

import type { DriftCandidate } from "../backends/simulated/drift.ts";
import type { UserStep } from "../backends/simulated/user.ts";
import type { Config } from "../config/load-config.ts";
import { loadUserScript } from "../config/user-script.ts";
import type { Layouts } from "../parameters/layouts.ts";
import { driftCandidates } from "./drift-candidates.ts";

export type SimulatedConfig = Config["backend"] & { readonly type: "simulated" };

/** What happens to simulated phones of one kind by itself. */
export interface Simulation {
  /** Null: nobody uses them. */
  readonly script: readonly UserStep[] | null;
  /** Null: their settings stay as they are. */
  readonly drift: { readonly candidates: readonly DriftCandidate[]; readonly meanMs: number } | null;
}

/** Throws FindingsError for a script that cannot be used. */
export function simulationOf({ script, driftSeconds }: SimulatedConfig, layouts: Layouts): Simulation {
  return {
    script: script === null ? null : loadUserScript(script, layouts.factory),
    drift: driftSeconds === 0 ? null : { candidates: driftCandidates(layouts), meanMs: driftSeconds * 1000 },
  };
}

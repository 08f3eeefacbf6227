import type { Simulation } from "../backends/simulated/simulation.ts";
import type { Config } from "../config/load-config.ts";
import { loadUserScript } from "../config/user-script.ts";
import type { Layouts } from "../parameters/layouts.ts";
import { driftCandidates } from "./drift-candidates.ts";

export type SimulatedConfig = Config["backend"] & { readonly type: "simulated" };

/** Throws FindingsError for a script that cannot be used. */
export function simulationOf(
  { script, driftSeconds }: SimulatedConfig,
  layouts: Layouts,
  generators: Simulation["generators"],
): Simulation {
  return {
    script: script === null ? null : loadUserScript(script, layouts.factory),
    drift: driftSeconds === 0 ? null : { candidates: driftCandidates(layouts), meanMs: driftSeconds * 1000 },
    generators,
  };
}

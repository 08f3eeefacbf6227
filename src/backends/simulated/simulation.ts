import type { BackendKey } from "../../ports/backend.ts";
import type { BehaviourFactory } from "./behaviour.ts";
import type { CallHabits } from "./call-settings.ts";
import type { DriftCandidate } from "./drift.ts";
import type { Generator } from "./generated-values.ts";
import type { UserStep } from "./user.ts";

/** Automatic behaviour of simulated phones of one kind. */
export interface Simulation {
  /** Null: no simulated user. */
  readonly script: readonly UserStep[] | null;
  /** Null: their settings do not change by themselves. */
  readonly drift: { readonly candidates: readonly DriftCandidate[]; readonly meanMs: number } | null;
  /** Live values that change by themselves, by their keys. */
  readonly generators: ReadonlyMap<BackendKey, Generator>;
}

/** Lines that register by SIP, over the process's shared SIP parts. */
export interface LinesBySip {
  /** The lines of one phone; its user agent is `Akuvox SP-R53P` and its firmware. */
  linesOf(name: string, accounts: number, habits: CallHabits): (firmwareVersion: () => string) => BehaviourFactory;
}

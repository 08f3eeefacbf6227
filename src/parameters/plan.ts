import { looksCommented } from "../autop/line.ts";
import type { BackendKey } from "../ports/backend.ts";
import type { ParameterRef } from "./layout.ts";
import type { ParametersState } from "./state.ts";

/** The author of a change: only changes by others than the ACS count for notification (C-199). */
export type ChangedBy = "acs" | "device";

/** A value that can be set, for a parameter that can be written. */
export interface CheckedSet {
  readonly ref: ParameterRef;
  readonly value: string;
}

/** A checked change, ready to be made: the data model accepts all of it. */
export interface Plan {
  /** Texts for the phone. */
  readonly keys: ReadonlyMap<BackendKey, string>;
  /** The agent's stored state after the change; the commit fills in `intent`. */
  readonly state: ParametersState;
  /** Parameters named by the change, by their canonical paths. */
  readonly paths: ReadonlySet<string>;
  /** The request's name for each key, used in a fault of the phone. Absent: the request has no names. */
  readonly names?: ReadonlyMap<BackendKey, readonly string[]>;
}

const BLANKS = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * The phone's file holds one line per setting, trims blanks and takes `//text//` at the end for a comment. A text that would
 * not survive that goes into the file in the nearest form that does, and the agent keeps the exact one (C-064, C-261).
 */
export function fileForm(text: string): string {
  const line = text.replace(BLANKS, " ").trim();
  return looksCommented(line) ? line.slice(0, -1) : line;
}

/** Null leaves the ParameterKey alone. */
export function withParameterKey<P extends Plan>(plan: P, parameterKey: string | null): P {
  if (parameterKey === null || parameterKey === plan.state.parameterKey) return plan;
  return { ...plan, state: { ...plan.state, parameterKey }, paths: plan.paths };
}

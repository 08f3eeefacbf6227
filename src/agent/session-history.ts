import type { AgentErrorCode } from "../cwmp/errors.ts";
import type { EventCode } from "../cwmp/events.ts";

/** How a session went. */
export interface SessionOutcome {
  readonly successful: boolean;
  /** What it was for: the codes of its Inform. */
  readonly events: readonly EventCode[];
  /** Wall time, milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** RPCs of the ACS that were answered; 0 for a session that failed. */
  readonly served: number;
  /** Null for a successful one. Without secrets. */
  readonly failure: { readonly code: AgentErrorCode | "INTERNAL"; readonly message: string } | null;
}

/** The sessions of a phone over its reboots: the last one, and who wants to hear of the next. */
export interface SessionHistory {
  readonly last: SessionOutcome | null;
  /** How many have ended since the agent was made. */
  readonly count: number;
  ended(outcome: SessionOutcome): void;
  /** Calls the listener after each session; answers how to end that. */
  onEnd(listener: (outcome: SessionOutcome) => void): () => void;
}

export function createSessionHistory(): SessionHistory {
  const listeners = new Set<(outcome: SessionOutcome) => void>();
  let last: SessionOutcome | null = null;
  let count = 0;
  return {
    get last() {
      return last;
    },
    get count() {
      return count;
    },
    ended(outcome) {
      last = outcome;
      count++;
      for (const listener of [...listeners]) listener(outcome);
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

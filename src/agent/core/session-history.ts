import type { AgentErrorCode } from "../../cwmp/errors.ts";
import type { EventCode } from "../../cwmp/events.ts";

/** The result of a session. */
export interface SessionOutcome {
  readonly successful: boolean;
  /** The event codes of its Inform. */
  readonly events: readonly EventCode[];
  /** Wall time, milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** RPCs of the ACS that were answered; 0 for a session that failed. */
  readonly served: number;
  /** Null for a successful one. Without secrets. */
  readonly failure: { readonly code: AgentErrorCode | "INTERNAL"; readonly message: string } | null;
}

/** The sessions of a phone over its reboots: the last one, and the listeners for new ones. */
export interface SessionHistory {
  readonly last: SessionOutcome | null;
  /** How many have ended since the agent was made. */
  readonly count: number;
  ended(outcome: SessionOutcome): void;
  /** Calls the listener after each session; returns the function that removes it. */
  onEnd(listener: (outcome: SessionOutcome) => void): () => void;
}

export function createSessionHistory(): SessionHistory {
  return new History();
}

type Listener = (outcome: SessionOutcome) => void;

class History implements SessionHistory {
  last: SessionOutcome | null = null;
  count = 0;
  /** Few phones have listeners: the others share one empty list. */
  #listeners: readonly Listener[] = NO_LISTENERS;

  ended(outcome: SessionOutcome): void {
    this.last = outcome;
    this.count++;
    for (const listener of this.#listeners) listener(outcome);
  }

  onEnd(listener: Listener): () => void {
    // concat, as a spread leaves room for more: 128 bytes a phone.
    this.#listeners = this.#listeners.concat(listener);
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    };
  }
}

const NO_LISTENERS: readonly Listener[] = [];

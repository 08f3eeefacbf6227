import type { CwmpEvent } from "../cwmp/events.ts";
import type { OutgoingRequest } from "../session/outgoing.ts";
import type { SessionOutcome } from "./session-history.ts";

/** A part of the agent with a life of its own beside the sessions, such as transfers or scheduled Informs. */
export interface Feature {
  /** Takes up what a restart has interrupted, and starts its timers. The phone is open, no session has begun. */
  start(): Promise<void>;
  /** Stops its timers; what is under way is broken off so that `start` can take it up again. */
  stop(): Promise<void>;
  /** What it has to ask of the ACS in the session that begins, whose Inform carries these events: made after the Inform, before the first empty POST. */
  requests(told: readonly CwmpEvent[]): readonly OutgoingRequest[];
  /** The phone's own TR-069 settings (`AcsSettings`) have changed. */
  settingsChanged?(): void;
  /**
   * A session has ended; one that failed is going to be retried.
   *
   * @param acsTimeMs the ACS's clock at its last answer, milliseconds since 1970; null where it told none.
   */
  sessionEnded?(outcome: SessionOutcome, acsTimeMs: number | null): void;
}

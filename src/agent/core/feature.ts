import type { CwmpEvent } from "../../cwmp/events.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { AcsSettings } from "./acs-settings.ts";
import type { SessionOutcome } from "./session-history.ts";

/** A part of the phone beside its sessions, such as file transfers. The phases are in the order in which they come. */
export interface Feature {
  /** Takes up what others may look at, such as a parameter's value. No session has begun, no change has been made. */
  open?(): Promise<void>;
  /** Takes up what a restart has interrupted, and starts its timers. */
  start(): Promise<void>;
  /** What it has to ask of the ACS in the session that begins, whose Inform carries these events: made after the Inform, before the first empty POST. */
  requests?(told: readonly CwmpEvent[]): readonly OutgoingRequest[];
  /**
   * A session has ended; one that failed is going to be retried.
   *
   * @param acsTimeMs the ACS's clock at its last answer, milliseconds since 1970; null where it told none.
   */
  sessionEnded?(outcome: SessionOutcome, acsTimeMs: number | null): void;
  /** The phone's own TR-069 settings (`AcsSettings`) have changed. */
  settingsChanged?(): void;
  /** Stops its timers; what is under way is broken off so that `start` can take it up again. */
  stop(): Promise<void>;
}

/** What ends a boot cycle. */
export type ShutdownReason =
  | { readonly kind: "reboot"; readonly commandKey: string }
  | { readonly kind: "factory-reset" };

/** What the parts of a phone can ask of each other. */
export interface PhoneLink {
  /** In force now. Holds secrets. */
  settings(): AcsSettings;
  /** Raises the events of one cause and opens a session for them. Never rejects. */
  raise(...events: readonly CwmpEvent[]): Promise<void>;
  /** There is something to tell the ACS. */
  requestSession(): void;
  /** Resolves when every change so far has been taken over, and recorded where it is one of values. */
  settled(): Promise<void>;
  /** Others of the phone's own TR-069 settings are in force than before, though none has changed. */
  reloadSettings(): void;
  /** Ends the boot cycle now, or right after the running session. */
  end(reason: ShutdownReason): void;
}

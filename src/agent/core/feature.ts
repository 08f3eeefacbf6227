import type { CwmpEvent } from "../../cwmp/events.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { AcsSettings } from "./acs-settings.ts";
import type { SessionOutcome } from "./session-history.ts";

/** A part of the phone beside its sessions, such as file transfers. The phases are in the order in which they come. */
export interface Feature {
  /** Initializes what others may read, such as a parameter's value. No session has begun, no change has been made. */
  open?(): Promise<void>;
  /** Resumes what a restart has interrupted, and starts its timers. */
  start(): Promise<void>;
  /**
   * Its requests to the ACS in the session that begins, whose Inform carries these events: sent after the Inform,
   * before the first empty POST.
   */
  requests?(told: readonly CwmpEvent[]): readonly OutgoingRequest[];
  /**
   * A session has ended; a failed one will be retried.
   *
   * @param acsTimeMs the ACS's clock at its last answer, milliseconds since 1970; null if it sent none.
   */
  sessionEnded?(outcome: SessionOutcome, acsTimeMs: number | null): void;
  /** The phone's own TR-069 settings (`AcsSettings`) have changed. */
  settingsChanged?(): void;
  /** Stops its timers and aborts running work so that `start` can resume it. */
  stop(): Promise<void>;
}

/** What ends a boot cycle. */
export type ShutdownReason =
  | { readonly kind: "reboot"; readonly commandKey: string }
  | { readonly kind: "factory-reset" };

/** What the parts of a phone can request of each other. */
export interface PhoneLink {
  /** In force now. Holds secrets. */
  settings(): AcsSettings;
  /** Raises the events of one cause and opens a session for them. Never rejects. */
  raise(...events: readonly CwmpEvent[]): Promise<void>;
  /** Something is to be reported to the ACS: opens a session. */
  requestSession(): void;
  /** Resolves when every change so far has been applied, and value changes have been recorded. */
  settled(): Promise<void>;
  /** Other TR-069 settings of the phone are in force now, although none has changed. */
  reloadSettings(): void;
  /** Ends the boot cycle now, or right after the running session. */
  end(reason: ShutdownReason): void;
}

import type { CwmpEvent } from "../cwmp/events.ts";
import type { AcsSettings } from "./acs-settings.ts";
import type { AutonomousTransfers } from "./autonomous-transfers.ts";
import type { Autop } from "./autop/autop.ts";
import type { Phone } from "./phone.ts";
import type { PhoneBooks } from "./phone-books/phone-books.ts";
import type { SessionLoop } from "./session-loop.ts";
import type { TransferView } from "./transfers/transfer-view.ts";

/** What ends this life of the phone. */
export type EndOfLife = { readonly kind: "reboot"; readonly commandKey: string } | { readonly kind: "factory-reset" };

/** The phone from one boot to the next. */
export interface Life {
  readonly phone: Phone;
  readonly sessions: SessionLoop;
  /** In force now. Holds secrets. */
  readonly settings: AcsSettings;
  /** Transfers that the ACS has asked for. */
  readonly transferViews: readonly TransferView[];
  /** Transfers that the ACS has not asked for. */
  readonly autonomousTransfers: AutonomousTransfers;
  readonly autop: Autop;
  readonly phoneBooks: PhoneBooks;
  /** Wall time of the next periodic Inform, milliseconds since 1970; null while it is off. */
  readonly nextPeriodicAt: number | null;
  /** Raises the events of one cause and opens a session for them. Never rejects. */
  raise(...events: readonly CwmpEvent[]): Promise<void>;
  /** Ends this life now, or right after the running session. */
  end(how: EndOfLife): void;
  stop(): Promise<void>;
}

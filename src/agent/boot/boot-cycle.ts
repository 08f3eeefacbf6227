import type { CwmpEvent } from "../../cwmp/events.ts";
import type { AutonomousTransfers } from "../autonomous/autonomous-transfers.ts";
import type { Autop } from "../autop/autop.ts";
import type { PhoneLink } from "../core/feature.ts";
import type { NtpTime } from "../ntp/ntp-time.ts";
import type { PhoneBooks } from "../phone-books/phone-books.ts";
import type { SessionLoop } from "../sessions/session-loop.ts";
import type { TransferView } from "../transfers/transfer-view.ts";
import type { Phone } from "./phone.ts";

/** The phone from one boot to the next, as status interfaces see it. */
export interface BootCycle extends Pick<PhoneLink, "settings" | "end"> {
  readonly phone: Phone;
  readonly sessions: SessionLoop;
  /** The ACS's transfers and the phone's own, for display, in queue order. */
  readonly transferViews: readonly TransferView[];
  /** Transfers that the ACS did not request. */
  readonly autonomousTransfers: AutonomousTransfers;
  readonly autop: Autop;
  readonly phoneBooks: PhoneBooks;
  readonly ntp: NtpTime;
  /** Wall time of the next periodic Inform, milliseconds since 1970; null while it is off. */
  readonly nextPeriodicAt: number | null;
  raise(...events: readonly CwmpEvent[]): Promise<void>;
  stop(): Promise<void>;
}

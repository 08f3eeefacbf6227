import type { CwmpEvent } from "../../cwmp/events.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { FileServer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import type { TransferRequests } from "../../rpc/transfer-requests.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { AutonomousTransfer } from "../autonomous/transfer-report.ts";
import type { AcsSettings } from "../core/acs-settings.ts";
import type { Feature } from "../core/feature.ts";
import type { EventQueue } from "../events/event-queue.ts";
import type { SteadyTime } from "../time/steady-time.ts";
import type { InstallParts } from "./install.ts";
import type { TransferStore } from "./transfer-store.ts";

export interface TransfersOptions extends InstallParts {
  readonly store: TransferStore;
  readonly events: EventQueue;
  readonly clock: Clock;
  readonly time: SteadyTime;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly meter: Meter;
  /** There is something to tell the ACS. */
  requestSession(): void;
  /** Restarts the phone, after a session under way. */
  reboot(): void;
  /** Changes of settings that were made have been taken over. */
  settled(): Promise<void>;
  /** Others of the phone's own TR-069 settings are in force than before, see `Transfers.inForce`. */
  reloadSettings(): void;
  /** One that no ACS has asked for has ended. */
  completed(transfer: AutonomousTransfer): Promise<void>;
}

/** The file transfers of one phone (TR-069 A.3.2.8, A.4.1): one at a time, each taken up again after a power cut. */
export interface Transfers extends Feature, TransferRequests {
  requests(told: readonly CwmpEvent[]): readonly OutgoingRequest[];
  /** Resolves when none is due or under way any more, or after a minute. A reboot waits for that. */
  atRest(): Promise<void>;
  /** As a Download of firmware would, with nobody who has asked for it. CwmpFault as for that. */
  fetchFirmware(server: FileServer): Promise<void>;
  /** See `Farewell`. */
  inForce(settings: AcsSettings): AcsSettings;
  /** The ACS has been set, or TR-069 turned on or off, at the phone itself: that counts at once. */
  acsSetHere(): void;
}

import type { CwmpEvent } from "../../cwmp/events.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { FileServer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import type { TransferRequests } from "../../rpc/context.ts";
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
  /** Something is to be reported to the ACS: opens a session. */
  requestSession(): void;
  /** Restarts the phone, after a session under way. */
  reboot(): void;
  /** Resolves when changes of settings have been applied. */
  settled(): Promise<void>;
  /** Others of the phone's own TR-069 settings are in force than before, see `Transfers.inForce`. */
  reloadSettings(): void;
  /** Called when a transfer that no ACS requested has ended. */
  completed(transfer: AutonomousTransfer): Promise<void>;
}

/** The file transfers of one phone (TR-069 A.3.2.8, A.4.1): one at a time, each taken up again after a power cut. */
export interface Transfers extends Feature, TransferRequests {
  requests(told: readonly CwmpEvent[]): readonly OutgoingRequest[];
  /** Resolves when no transfer is due or running, or after a minute. A reboot waits for that. */
  atRest(): Promise<void>;
  /** Downloads firmware that no ACS requested. CwmpFault as for a Download. */
  fetchFirmware(server: FileServer): Promise<void>;
  /** See `Farewell`. */
  inForce(settings: AcsSettings): AcsSettings;
  /** The ACS has been set, or TR-069 turned on or off, at the phone itself: that counts at once. */
  acsSetHere(): void;
}

import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { FileServer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import type { TransferRequests } from "../../rpc/transfer-requests.ts";
import type { AcsSettings } from "../acs-settings.ts";
import type { EventQueue } from "../event-queue.ts";
import type { Feature } from "../feature.ts";
import type { SteadyTime } from "../steady-time.ts";
import type { InstallParts } from "./install.ts";
import type { AutonomousTransfer } from "./record.ts";
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
  readonly requestSession: () => void;
  /** Restarts the phone, after a session under way. */
  readonly reboot: () => void;
  /** Changes of settings that were made have been taken over. */
  readonly settled: () => Promise<void>;
  /** Others of the phone's own TR-069 settings are in force than before, see `Transfers.inForce`. */
  readonly settingsChanged: () => void;
  /** One that no ACS has asked for has ended. */
  readonly completed: (transfer: AutonomousTransfer) => Promise<void>;
}

/** The file transfers of one phone (TR-069 A.3.2.8, A.4.1): one at a time, each taken up again after a power cut. */
export interface Transfers extends Feature, TransferRequests {
  /** Resolves when none is due or under way any more, or after a minute. A reboot waits for that. */
  atRest(): Promise<void>;
  /** As a Download of firmware would, with nobody who has asked for it. CwmpFault as for that. */
  fetchFirmware(server: FileServer): Promise<void>;
  /** See `Farewell`. */
  inForce(settings: AcsSettings): AcsSettings;
  /** The ACS has been set, or TR-069 turned on or off, at the phone itself: that counts at once. */
  acsSetHere(): void;
}

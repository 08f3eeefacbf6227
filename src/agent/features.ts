import type { CwmpEvent } from "../cwmp/events.ts";
import { createAcsMethods } from "./acs-methods.ts";
import type { AcsSettings } from "./acs-settings.ts";
import type { AutonomousTransfers } from "./autonomous-transfers.ts";
import { type Autop, createAutop } from "./autop/autop.ts";
import type { Feature } from "./feature.ts";
import type { AgentOptions } from "./options.ts";
import type { Phone } from "./phone.ts";
import { createPhoneBooks, type PhoneBooks } from "./phone-books/phone-books.ts";
import { createScheduledReboot } from "./scheduled-reboot.ts";
import type { Transfers } from "./transfers/parts.ts";
import { createUdpRequests, type UdpRequests } from "./udp-requests.ts";

/** What features need of the life that they are a part of. */
export interface FeatureHooks {
  readonly settings: () => AcsSettings;
  /** Resolves when every change of the settings so far has been taken over. */
  readonly settled: () => Promise<void>;
  /** Raises an event without waiting for it. */
  readonly raise: (event: CwmpEvent) => void;
  readonly reboot: () => void;
  readonly autonomous: AutonomousTransfers;
  readonly transfers: Pick<Transfers, "fetchFirmware">;
  readonly scheduledInforms: Feature;
}

export interface Features {
  readonly udp: UdpRequests;
  readonly autop: Autop;
  readonly phoneBooks: PhoneBooks;
  /** These and others, in the order in which they are started and asked. */
  readonly all: readonly Feature[];
}

/** What this phone can do beside the sessions; each one is started with every life and asked before every session. */
export function createFeatures(options: AgentOptions, phone: Phone, hooks: FeatureHooks): Features {
  const { config, log } = options;
  const { state, tree } = phone;
  const reboots = createScheduledReboot({ ...options, tree, reboot: hooks.reboot });
  const acsMethods = createAcsMethods({ knowledge: phone.acs, url: () => hooks.settings().url, log });
  const udp = createUdpRequests({
    ...options,
    state,
    tree,
    settings: hooks.settings,
    settled: hooks.settled,
    requested: () => hooks.raise({ code: "6 CONNECTION REQUEST", commandKey: "" }),
  });
  const autop = createAutop({
    ...options,
    ...phone.autop,
    tree,
    enabled: config.autop.enabled,
    lenient: config.autop.lenient,
    modelName: config.identity.modelName,
    fetchFirmware: config.autop.firmware ? (server) => hooks.transfers.fetchFirmware(server) : null,
    // A new ACS URL drops the events from before (C-091): this one is told to the new ACS.
    completed: (transfer) => hooks.settled().then(() => hooks.autonomous.completed(transfer)),
    reboot: hooks.reboot,
  });
  const phoneBooks = createPhoneBooks({ ...options, tree, enabled: config.fetchPhoneBooks });
  // Its question comes last: an ACS that answers it with a fault gets no further request in that session (C-078).
  const all = [udp, reboots, hooks.scheduledInforms, autop, phoneBooks, ...(config.askRpcMethods ? [acsMethods] : [])];
  return { udp, autop, phoneBooks, all };
}

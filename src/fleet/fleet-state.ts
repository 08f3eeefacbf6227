import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { FleetConfig } from "../config/fleet/load-fleet.ts";
import type { Logger } from "../ports/logger.ts";
import type { PhoneStorage } from "../ports/phone-storage.ts";
import type { StateStore } from "../ports/state-store.ts";
import { openPhonesStore } from "../storage/phones/phones-store.ts";
import { createValueStateStore } from "../storage/value-state-store.ts";
import { makeTemporaryFolder } from "../system/temporary-folder.ts";
import type { PlannedPhone } from "./plan.ts";

/** The stored state of a phone of a fleet. */
export interface PhoneState {
  readonly state: StateStore;
  /** Null: its settings and its firmware end with the process. */
  readonly storage: PhoneStorage | null;
}

/** Where the phones of a fleet keep what they keep. */
export interface FleetState {
  of(phone: PlannedPhone): PhoneState;
  /** Below it each phone has a folder for what it downloads. */
  readonly folder: string;
  /** To be called once every phone is closed. */
  close(): Promise<void>;
}

/**
 * In memory, or in the state folder that the settings name. A phone is known there by its identity: whatever else changes in
 * fleet.yaml, it comes back as it was; another identity is another phone. Throws AgentError STATE_IO, STATE_VERSION.
 */
export async function openFleetState(
  { stateFolder }: Pick<FleetConfig, "stateFolder">,
  log: Logger,
): Promise<FleetState> {
  if (stateFolder === null) return inMemory(await makeTemporaryFolder("akuvox-cpe-fleet-"));
  const store = await openPhonesStore({ folder: stateFolder, log });
  return {
    of: ({ identity: { oui, productClass, serialNumber } }) => store.phone(`${oui}-${productClass}-${serialNumber}`),
    folder: join(stateFolder, "phones"),
    close: () => store.close(),
  };
}

function inMemory(folder: string): FleetState {
  return {
    of: () => ({ state: createValueStateStore(), storage: null }),
    folder,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

import type { FleetConfig } from "../config/fleet/load-fleet.ts";
import type { PhoneKind } from "../daemon/phones/phone-kind.ts";
import type { SharedParts } from "../daemon/phones/shared-parts.ts";
import type { ThisHost } from "../daemon/this-host.ts";
import type { FleetFigures } from "./figures/fleet-figures.ts";
import type { FleetState } from "./fleet-state.ts";
import type { PlannedPhone } from "./plan.ts";
import type { SessionSlots } from "./session-slots.ts";
import type { Shard } from "./shards/shard.ts";

/** The parts of a fleet. */
export interface FleetParts {
  readonly config: FleetConfig;
  readonly plan: readonly PlannedPhone[];
  /** Which part of the fleet this process has. */
  readonly shard: Shard;
  /** By the names of the groups. */
  readonly kinds: ReadonlyMap<string, PhoneKind>;
  readonly figures: FleetFigures;
  /** Its transport is that of the slots. */
  readonly shared: SharedParts;
  readonly slots: Pick<SessionSlots, "open" | "waiting" | "close" | "pauses">;
  readonly host: Pick<ThisHost, "host" | "lan">;
  readonly state: Pick<FleetState, "of" | "folder">;
  readonly rssBytes: () => number;
  /** PEM: whom the phones trust instead of the public CAs. */
  readonly tlsCa: string | undefined;
}

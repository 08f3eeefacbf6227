import type { FleetConfig } from "../config/fleet/load-fleet.ts";
import type { PhoneKind } from "../daemon/phones/phone-kind.ts";
import type { SharedParts } from "../daemon/phones/shared-parts.ts";
import type { ThisHost } from "../daemon/this-host.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { FleetFigures } from "./figures/fleet-figures.ts";
import type { PlannedPhone } from "./plan.ts";
import type { SessionSlots } from "./session-slots.ts";

/** What a fleet is made of. */
export interface FleetParts {
  readonly config: FleetConfig;
  readonly plan: readonly PlannedPhone[];
  /** By the names of the groups. */
  readonly kinds: ReadonlyMap<string, PhoneKind>;
  readonly figures: FleetFigures;
  /** Its transport is that of the slots. */
  readonly shared: SharedParts;
  readonly slots: Pick<SessionSlots, "open" | "waiting">;
  readonly host: Pick<ThisHost, "host" | "lan">;
  /** Below it each phone has a folder for what it downloads. */
  readonly folder: string;
  readonly stateOf: (phone: PlannedPhone) => StateStore;
  readonly rssBytes: () => number;
  /** PEM: whom the phones trust instead of the public CAs. */
  readonly tlsCa: string | undefined;
}

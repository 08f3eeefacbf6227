import type { z } from "zod";
import type * as fleet from "./fleet/fleet-schemas.ts";
import type * as schemas from "./schemas.ts";

/** Answers of an agent, by the schemas of its API. Types alone: the commands load no schema. */
export type Status = z.output<typeof schemas.STATUS>;
export type Parameters = z.output<typeof schemas.PARAMETERS>;
export type Changed = z.output<typeof schemas.CHANGED>;
export type Calling = z.output<typeof schemas.CALLING>;
export type Informed = z.output<typeof schemas.INFORMED>;
export type Outcome = NonNullable<Informed["outcome"]>;
export type Transfers = z.output<typeof schemas.TRANSFERS>;
export type SipMessages = z.output<typeof schemas.SIP_MESSAGES>;
export type Sessions = z.output<typeof schemas.SESSIONS>;
export type Session = z.output<typeof schemas.SESSION>;
export type AutopApplied = z.output<typeof schemas.AUTOP_APPLIED>;

/** Answers of a fleet, in the same way. */
export type Overview = z.output<typeof fleet.FLEET_OVERVIEW>;
export type Phones = z.output<typeof fleet.PHONES>;
export type Added = z.output<typeof fleet.ADDED>;
export type Selected = z.output<typeof fleet.SELECTED>;
export type Scenario = z.output<typeof fleet.SCENARIO>;

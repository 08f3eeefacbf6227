import type { z } from "zod";
import type * as schemas from "./fleet-schemas.ts";

/** What a fleet answers, by the schemas of its description. Types alone: the commands load none of it. */
export type Overview = z.output<typeof schemas.FLEET_OVERVIEW>;
export type Phones = z.output<typeof schemas.PHONES>;
export type Added = z.output<typeof schemas.ADDED>;
export type Selected = z.output<typeof schemas.SELECTED>;
export type Scenario = z.output<typeof schemas.SCENARIO>;

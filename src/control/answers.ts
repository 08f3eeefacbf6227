import type { z } from "zod";
import type * as schemas from "./schemas.ts";

/** What the agent answers, by the schemas of its description. Types alone: the commands load none of it. */
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

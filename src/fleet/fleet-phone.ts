import type { OpenPhone } from "../daemon/phones/create-phone.ts";
import type { PlannedPhone } from "./plan.ts";

/** A phone that has been started. */
export interface FleetPhone {
  readonly planned: PlannedPhone;
  readonly phone: OpenPhone;
}

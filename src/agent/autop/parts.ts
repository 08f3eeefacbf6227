import type { AutopCell } from "./autop-state.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** What an opened phone has for its auto-provisioning. */
export interface AutopParts {
  readonly store: AutopCell;
  readonly fingerprint: Fingerprint;
  /** The file that was applied at this start asks for a restart. */
  readonly restartDue: boolean;
}

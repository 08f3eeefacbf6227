import type { Applied, BackendKey } from "../../ports/backend.ts";

/** The effect of a configuration file on the phone. */
export interface AutopResult {
  /** Settings that the file names. */
  readonly settings: number;
  /** Those that had another value before. */
  readonly changed: readonly BackendKey[];
  readonly applied: Applied;
  /** Settings that the data model lacks: they are kept for the firmware. */
  readonly unknown: readonly BackendKey[];
  /** Bad lines that were left out, a sentence each; empty unless bad lines are allowed. */
  readonly refused: readonly string[];
  /** Warnings for a person: TR-069 turned off, another ACS. Also in the log. */
  readonly warnings: readonly string[];
}

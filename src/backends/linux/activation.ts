import type { Scheduler } from "../../ports/clock.ts";
import { type HostCommand, runHostCommand } from "../config-file/host-command.ts";

export interface Activation {
  readonly command: readonly string[];
  /** Such as `backend.network.activateCommand`, for error messages. */
  readonly setting: string;
  readonly purpose: string;
  /** The error of an exit code other than 0; default: BACKEND_IO. */
  readonly onFailure?: HostCommand["onFailure"];
}

const LIMIT_MS = 30_000;

/**
 * Makes the host read its files again. Throws AgentError BACKEND_IO if the command hangs or cannot be started and,
 * unless `onFailure` sets another, if it fails.
 */
export type Activate = (activation: Activation, signal: AbortSignal) => Promise<void>;

/** By a command of the host, without a shell. */
export function activateByCommand(scheduler: Scheduler): Activate {
  return ({ command, setting, purpose, onFailure = "BACKEND_IO" }, signal) =>
    runHostCommand({ command, setting, purpose, limitMs: LIMIT_MS, onFailure }, scheduler, signal);
}

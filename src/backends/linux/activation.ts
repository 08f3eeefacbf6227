import type { Scheduler } from "../../ports/clock.ts";
import { runHostCommand } from "../config-file/host-command.ts";

export interface Activation {
  readonly command: readonly string[];
  /** Such as `backend.network.activateCommand`, for errors. */
  readonly setting: string;
  readonly purpose: string;
}

const LIMIT_MS = 30_000;

/** Makes the host read its files again. Throws AgentError BACKEND_IO: it fails, hangs or cannot be started. */
export type Activate = (activation: Activation, signal: AbortSignal) => Promise<void>;

/** By a command of the host, without a shell. */
export function activateByCommand(scheduler: Scheduler): Activate {
  return ({ command, setting, purpose }, signal) =>
    runHostCommand({ command, setting, purpose, limitMs: LIMIT_MS, onFailure: "BACKEND_IO" }, scheduler, signal);
}

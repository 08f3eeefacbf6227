import { AgentError } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";
import { commandEnvironment } from "../../system/command-environment.ts";

export interface HostCommand {
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Such as `reboot`, for error messages. */
  readonly purpose: string;
  /** The setting that names it. */
  readonly setting: string;
  readonly limitMs: number;
  /** The error of an exit code other than 0. */
  readonly onFailure: "BACKEND_IO" | "BACKEND_REFUSED";
}

/**
 * Runs a program of this host, without a shell and without the secrets of our environment. Resolves when it ends with
 * success, or when the signal is aborted because its result is no longer needed, such as when the phone shuts down
 * and ends this program.
 *
 * @throws AgentError `onFailure` when it ends with another exit code than 0, BACKEND_IO when it cannot be started, is
 * killed, or takes longer than its limit (then it is ended)
 */
export async function runHostCommand(
  { command, purpose, setting, limitMs, onFailure }: HostCommand,
  scheduler: Scheduler,
  signal: AbortSignal,
): Promise<void> {
  // Loaded on demand, to save memory in a phone that never restarts.
  const { spawn } = await import("node:child_process");
  const [program = "", ...programArguments] = command;
  return new Promise((resolve, reject) => {
    const fail = (reason: string, code: HostCommand["onFailure"] = "BACKEND_IO") =>
      reject(new AgentError(code, `the ${purpose} command "${program}" ${reason}: check ${setting}`));
    const child = spawn(program, programArguments, { stdio: "ignore", env: commandEnvironment(process.env) });
    const limit = scheduler.after(limitMs, `limit of the ${purpose} command`, () => {
      child.kill("SIGKILL");
      fail(`did not end within ${limitMs / 1_000} seconds`);
    });
    const leave = (): void => {
      limit.cancel();
      child.unref();
      resolve();
    };
    signal.addEventListener("abort", leave);
    // The signal may have been aborted while the module was loading.
    if (signal.aborted) leave();
    child.once("error", (error) => {
      limit.cancel();
      fail(`cannot be started (${error.message})`);
    });
    child.once("exit", (code, killedBy) => {
      limit.cancel();
      if (code === 0) resolve();
      else if (killedBy === null) fail(`ended with exit code ${code}`, onFailure);
      else fail(`was ended by ${killedBy}`);
    });
  });
}

import { spawn } from "node:child_process";
import { AgentError } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";

const LIMIT_MS = 60_000;

/**
 * Runs the command that restarts the phone, without a shell. Resolves when it ends with success, or when the signal says
 * that nobody waits for it any more: as when the phone goes down and takes us with it.
 *
 * @param command the program and its arguments
 * @throws AgentError BACKEND_IO when it cannot be started, fails, or takes longer than a minute (then it is ended)
 */
export function runRebootCommand(command: readonly string[], scheduler: Scheduler, signal: AbortSignal): Promise<void> {
  const [program = "", ...programArguments] = command;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new AgentError("BACKEND_IO", `the reboot command "${program}" ${reason}: check rebootCommand`));
    const child = spawn(program, programArguments, { stdio: "ignore" });
    const limit = scheduler.after(LIMIT_MS, "limit of the reboot command", () => {
      child.kill("SIGKILL");
      fail(`did not end within ${LIMIT_MS / 1_000} seconds`);
    });
    signal.addEventListener("abort", () => {
      limit.cancel();
      child.unref();
      resolve();
    });
    child.once("error", (error) => {
      limit.cancel();
      fail(`cannot be started (${error.message})`);
    });
    child.once("exit", (code, signal) => {
      limit.cancel();
      if (code === 0) resolve();
      else fail(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
    });
  });
}

import { spawn } from "node:child_process";
import { messageOf } from "../cwmp/errors.ts";
import type { Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { createSystemClock } from "../system/clock.ts";
import { commandEnvironment } from "../system/command-environment.ts";
import { createScheduler } from "../system/scheduler.ts";

/** What tells systemd how the agent is (Type=notify, WatchdogSec). */
export interface ServiceManager {
  /** The agent is up; from now on it also says that it is alive, twice in each watchdog interval. */
  ready(): void;
  /** It is on its way down. */
  stopping(): void;
}

export interface ServiceManagerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

const NOBODY: ServiceManager = { ready() {}, stopping() {} };

/**
 * Node cannot send to systemd's datagram socket, so the program `systemd-notify` does: the unit must say NotifyAccess=all.
 * Does nothing where no service manager waits (NOTIFY_SOCKET is not set). Never throws: what cannot be told is logged once.
 */
export function createServiceManager({ env, log }: ServiceManagerOptions): ServiceManager {
  if (!env.NOTIFY_SOCKET) return NOBODY;
  const intervalMs = watchdogMs(env);
  const scheduler = createScheduler(createSystemClock(), (error) => fail(messageOf(error)));
  let timer: Timer | null = null;
  let failed = false;
  const fail = (reason: string): void => {
    if (!failed) log.warn({ reason }, "systemd cannot be told how the agent is: systemd-notify does not work");
    failed = true;
  };
  const tell = (...states: readonly string[]): void => {
    const notifyEnv = commandEnvironment(process.env, { NOTIFY_SOCKET: env.NOTIFY_SOCKET ?? "" });
    const child = spawn("systemd-notify", states, { stdio: "ignore", env: notifyEnv });
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => {
      if (code !== 0) fail(`exit code ${code}`);
    });
    child.unref();
  };
  const keepAlive = (): void => {
    if (intervalMs === null) return;
    timer = scheduler.after(intervalMs / 2, "service watchdog", () => {
      tell("WATCHDOG=1");
      keepAlive();
    });
  };
  return {
    ready() {
      tell("READY=1");
      keepAlive();
    },
    stopping() {
      timer?.cancel();
      tell("STOPPING=1");
    },
  };
}

/** Null: no watchdog, or one that watches another process. */
function watchdogMs(env: ServiceManagerOptions["env"]): number | null {
  const microseconds = Number(env.WATCHDOG_USEC ?? "");
  const ours = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === process.pid;
  return ours && Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1000 : null;
}

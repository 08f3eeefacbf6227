import { spawn } from "node:child_process";
import { messageOf } from "../cwmp/errors.ts";
import type { Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { createSystemClock } from "../system/clock.ts";
import { commandEnvironment } from "../system/command-environment.ts";
import { createScheduler } from "../system/scheduler.ts";

/** Reports the agent's state to systemd (Type=notify, WatchdogSec). */
export interface ServiceManager {
  /**
   * The agent is up; from now on it also notifies the watchdog, four times in each interval. When it stood still for
   * half of one, the log says so: systemd ends it when that grows.
   */
  ready(): void;
  /** It is on its way down. */
  stopping(): void;
}

export interface ServiceManagerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** Signs of life in a watchdog interval: an agent may stand still for three quarters of it. */
const PARTS = 4;

const NO_SERVICE_MANAGER: ServiceManager = { ready() {}, stopping() {} };

/**
 * Node cannot send to systemd's datagram socket, so the program `systemd-notify` does: the unit must say NotifyAccess=all.
 * Does nothing where no service manager waits (NOTIFY_SOCKET is not set). Never throws: a failed notification is logged
 * once.
 */
export function createServiceManager({ env, log }: ServiceManagerOptions): ServiceManager {
  if (!env.NOTIFY_SOCKET) return NO_SERVICE_MANAGER;
  const intervalMs = watchdogMs(env);
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, (error) => fail(messageOf(error)));
  let timer: Timer | null = null;
  let failed = false;
  const fail = (reason: string): void => {
    if (!failed) log.warn({ reason }, "systemd cannot be notified: systemd-notify does not work");
    failed = true;
  };
  const notify = (...states: readonly string[]): void => {
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
    const partMs = intervalMs / PARTS;
    const next = scheduler.after(partMs, "service watchdog", () => {
      // Of half an interval of standing still, the timer shows what is left from when it was due: half of that at least.
      const lateMs = clock.monotonic() - next.dueMs;
      if (lateMs >= partMs) log.warn({ lateMs: Math.round(lateMs), intervalMs }, stoodStill(lateMs, intervalMs));
      notify("WATCHDOG=1");
      keepAlive();
    });
    timer = next;
  };
  return {
    ready() {
      notify("READY=1");
      keepAlive();
    },
    stopping() {
      timer?.cancel();
      notify("STOPPING=1");
    },
  };
}

function stoodStill(lateMs: number, intervalMs: number): string {
  const [late, limit] = [lateMs, intervalMs].map((ms) => (ms / 1000).toFixed(1));
  return `The agent stood still for ${late} s or more: too little processor time, or too much work at once; systemd ends it after ${limit} s`;
}

/** Null: no watchdog, or one that watches another process. */
function watchdogMs(env: ServiceManagerOptions["env"]): number | null {
  const microseconds = Number(env.WATCHDOG_USEC ?? "");
  const ours = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === process.pid;
  return ours && Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1000 : null;
}

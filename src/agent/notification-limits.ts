import { messageOf } from "../cwmp/errors.ts";
import type { ParameterTree } from "../parameters/tree.ts";
import type { Clock, Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

/** Parameters whose active notification may be held back, and the parameter that says for how many seconds (C-207). */
const LIMITED_BY: ReadonlyMap<string, string> = new Map([
  [
    "Device.ManagementServer.UDPConnectionRequestAddress",
    "Device.ManagementServer.UDPConnectionRequestAddressNotificationLimit",
  ],
]);

/** Holds back sessions for parameters that may be told actively only so often. What other sessions tell is not touched. */
export interface NotificationLimits {
  /** Active parameters have changed: a session opens now, or once the limit of the last of them has passed. */
  changed(paths: readonly string[]): void;
  /** The ACS has taken these values. */
  told(paths: readonly string[]): void;
  stop(): void;
}

export interface NotificationLimitsOptions {
  readonly tree: () => Pick<ParameterTree, "readSecrets">;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Opens a session. */
  readonly notify: () => void;
}

export function createNotificationLimits(options: NotificationLimitsOptions): NotificationLimits {
  const { clock, scheduler, log, notify } = options;
  /** On the monotonic clock. */
  const toldMs = new Map<string, number>();
  const waiting = new Map<string, Timer>();
  let stopped = false;

  const leftMs = async (path: string): Promise<number> => {
    const last = toldMs.get(path);
    const limit = LIMITED_BY.get(path);
    if (last === undefined || limit === undefined) return 0;
    const seconds = Number((await options.tree().readSecrets([limit])).get(limit) ?? "0");
    return last + seconds * 1000 - clock.monotonic();
  };
  const hold = async (path: string): Promise<void> => {
    const delayMs = await leftMs(path);
    if (stopped) return;
    if (delayMs <= 0) return notify();
    waiting.get(path)?.cancel();
    waiting.set(
      path,
      scheduler.after(delayMs, "held-back notification", () => {
        waiting.delete(path);
        notify();
      }),
    );
  };

  return {
    changed(paths) {
      if (paths.some((path) => !LIMITED_BY.has(path))) return notify();
      for (const path of paths) {
        hold(path).catch((error) => log.error({ path, reason: messageOf(error) }, "A notification got lost"));
      }
    },
    told(paths) {
      for (const path of paths) {
        if (!LIMITED_BY.has(path)) continue;
        toldMs.set(path, clock.monotonic());
        waiting.get(path)?.cancel();
        waiting.delete(path);
      }
    },
    stop() {
      stopped = true;
      for (const timer of waiting.values()) timer.cancel();
      waiting.clear();
    },
  };
}

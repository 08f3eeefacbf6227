import { messageOf } from "../../cwmp/errors.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Feature } from "../core/feature.ts";
import type { ActiveThrottle } from "./active-throttle.ts";
import type { ChangeListener } from "./value-changes.ts";

/** Parameters whose active notification may be delayed, and the parameter with the number of seconds (C-207). */
const LIMITED = ".ManagementServer.UDPConnectionRequestAddress";

function isLimited(path: string): boolean {
  return path.endsWith(LIMITED);
}

function limitOf(path: string): string {
  return `${path}NotificationLimit`;
}

export interface NotificationLimitsOptions {
  readonly tree: Pick<ParameterTree, "readSecrets">;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** Delays sessions for parameters with a minimum time between active notifications. Other sessions are not affected. */
export class NotificationLimits implements Feature, ChangeListener {
  readonly #options: NotificationLimitsOptions;
  readonly #throttle: Pick<ActiveThrottle, "activeChange">;
  /** When each limited parameter was reported last, on the monotonic clock. */
  #reportedMs: ReadonlyMap<string, number> = NEVER;
  #waiting: ReadonlyMap<string, Timer> = NONE;
  #stopped = false;

  /** @param throttle opens a session for active notifications */
  constructor(options: NotificationLimitsOptions, throttle: Pick<ActiveThrottle, "activeChange">) {
    this.#options = options;
    this.#throttle = throttle;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting = NONE;
  }

  /** Active parameters have changed: a session opens now, or when the latest of their limits has passed. */
  activeChange(paths: readonly string[]): void {
    if (paths.some((path) => !isLimited(path))) {
      this.#throttle.activeChange();
      return;
    }
    for (const path of paths) {
      this.#hold(path).catch((error) =>
        this.#options.log.error({ path, reason: messageOf(error) }, "A notification was lost"),
      );
    }
  }

  /** The ACS has received these values. */
  reported(paths: readonly string[]): void {
    for (const path of paths) {
      if (!isLimited(path)) continue;
      this.#reportedMs = new Map(this.#reportedMs).set(path, this.#options.clock.monotonic());
      this.#waiting.get(path)?.cancel();
      this.#waiting = without(this.#waiting, path);
    }
  }

  async #hold(path: string): Promise<void> {
    const delayMs = await this.#leftMs(path);
    if (this.#stopped) return;
    if (delayMs <= 0) return this.#throttle.activeChange();
    this.#waiting.get(path)?.cancel();
    const timer = this.#options.scheduler.after(delayMs, "held-back notification", () => {
      this.#waiting = without(this.#waiting, path);
      this.#throttle.activeChange();
    });
    this.#waiting = new Map(this.#waiting).set(path, timer);
  }

  async #leftMs(path: string): Promise<number> {
    const last = this.#reportedMs.get(path);
    const limit = limitOf(path);
    if (last === undefined) return 0;
    const seconds = Number((await this.#options.tree.readSecrets([limit])).get(limit) ?? "0");
    return last + seconds * 1000 - this.#options.clock.monotonic();
  }
}

/** Shared by all phones without a delayed notification. */
const NONE: ReadonlyMap<string, Timer> = new Map();
const NEVER: ReadonlyMap<string, number> = new Map();

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return map.has(key) ? new Map([...map].filter(([each]) => each !== key)) : map;
}

import type { Config } from "../config/load-config.ts";
import type { DataModel } from "../model/types.ts";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { SessionLog } from "../ports/session-log.ts";
import { createIdleMemory } from "./idle-memory.ts";
import type { Metrics } from "./metrics-interface.ts";
import type { ProcessPorts } from "./phones/shared-parts.ts";
import { openWireWatchers } from "./wire-watchers.ts";

/** The observers of this process's sessions. */
export interface Observers {
  readonly observe: WireObserver | undefined;
  /** The last sessions; stays empty without an interface that shows them. */
  readonly sessions: SessionLog;
  /** Null: the settings do not ask for them. */
  readonly metrics: Metrics | null;
  close(): Promise<void>;
}

export interface ObserversOptions {
  readonly config: Config;
  /** Where the envelopes of each session go; null: nowhere. */
  readonly traceFolder: string | null;
  readonly model: DataModel;
  readonly version: string;
}

export async function openObservers(
  { scheduler, log }: ProcessPorts,
  { config, traceFolder, model, version }: ObserversOptions,
): Promise<Observers> {
  const metrics = await loadMetrics(config, version);
  const idleMemory = createIdleMemory({ scheduler, collect: globalThis.gc });
  const others = [idleMemory.observe, ...(metrics === null ? [] : [metrics.observe])];
  const { observe, sessions, close } = openWireWatchers({ config, traceFolder, model, log, others });
  return {
    observe,
    sessions,
    metrics,
    async close() {
      await close();
      await idleMemory.close();
    },
  };
}

/** What counts is made before what is counted; its code is loaded only where it is wanted. */
async function loadMetrics({ metrics }: Config, version: string): Promise<Metrics | null> {
  if (!metrics.enable) return null;
  const { createMetrics } = await import("./metrics-interface.ts");
  return createMetrics(version);
}

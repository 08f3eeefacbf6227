import type { Config } from "../config/load-config.ts";
import type { DataModel } from "../model/types.ts";
import { createSessionLog, type SessionLogOptions } from "../net/session-log.ts";
import { createTraceWriter } from "../net/trace.ts";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { Logger } from "../ports/logger.ts";
import type { SessionLog } from "../ports/session-log.ts";
import { describeMessage } from "../soap/describe.ts";
import { secretMask } from "../soap/mask.ts";

/** The observers of the wire: the trace on disk, and the log of the last sessions in memory. */
export interface WireWatchers {
  /** Absent: nobody. */
  readonly observe?: WireObserver;
  /** Stays empty while no local interface shows it. */
  readonly sessions: SessionLog;
  close(): Promise<void>;
}

export interface WireWatchersOptions {
  readonly config: Pick<Config, "web" | "control">;
  /** Null: no trace. */
  readonly traceFolder: string | null;
  readonly model: DataModel;
  readonly log: Logger;
  /** Who else looks, such as the metrics. */
  readonly others: readonly WireObserver[];
}

export function openWireWatchers({ config, traceFolder, model, log, others }: WireWatchersOptions): WireWatchers {
  const reading = { ...messageReading(model), log };
  const trace = traceFolder === null ? null : createTraceWriter({ folder: traceFolder, ...reading });
  const sessions = createSessionLog(reading);
  const watched = config.web.enable || config.control.enable;
  const observers = [...others, ...(trace === null ? [] : [trace.observe]), ...(watched ? [sessions.observe] : [])];
  return {
    ...(observers.length === 0 ? {} : { observe: toAll(observers) }),
    sessions,
    close: async () => trace?.close(),
  };
}

/** How messages of phones with that data model are shown to people. */
export function messageReading({ parameters }: DataModel): Pick<SessionLogOptions, "mask" | "describe"> {
  const hiddenNames = new Set(parameters.flatMap(({ hidden, name }) => (hidden ? [name] : [])));
  return { mask: secretMask(hiddenNames), describe: describeMessage };
}

function toAll(observers: readonly WireObserver[]): WireObserver {
  return (...seen) => {
    for (const observe of observers) observe(...seen);
  };
}

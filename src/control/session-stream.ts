import type { Scheduler, Timer } from "../ports/clock.ts";
import type { SessionLog } from "../ports/session-log.ts";
import type { TraceRecord } from "../ports/trace.ts";
import { ApiError } from "./problem.ts";

/** The records of sessions as server-sent events, to any number of listeners up to a limit. */
export interface SessionStreams {
  /**
   * What has happened in the running session, then each record as it happens. Ends when the signal aborts or the reader
   * is too slow. Throws ApiError TOO_MANY.
   */
  open(signal: AbortSignal): ReadableStream<Uint8Array>;
}

export interface SessionStreamsOptions {
  readonly sessions: SessionLog;
  readonly scheduler: Scheduler;
}

const MAX_STREAMS = 16;
/** Records that wait for a reader; a session of a whole tree has some hundred. */
const MAX_WAITING = 2000;
/** Tells a reader that has gone without a word. */
const ALIVE_MS = 15_000;

export function createSessionStreams({ sessions, scheduler }: SessionStreamsOptions): SessionStreams {
  let open = 0;
  const encoder = new TextEncoder();

  function start(controller: ReadableStreamDefaultController<Uint8Array>, signal: AbortSignal): () => void {
    let alive: Timer | null = null;
    let ended = false;
    const send = (text: string): void => {
      if (ended) return;
      controller.enqueue(encoder.encode(text));
      if ((controller.desiredSize ?? 0) <= 0) end();
    };
    const record = (entry: TraceRecord): void => send(`data: ${JSON.stringify(entry)}\n\n`);
    const keepAlive = (): void => {
      send(": alive\n\n");
      if (!ended) alive = scheduler.after(ALIVE_MS, "session stream", keepAlive);
    };
    const forget = sessions.onRecord(record);
    const end = (): void => {
      if (ended) return;
      ended = true;
      open--;
      forget();
      alive?.cancel();
      signal.removeEventListener("abort", end);
      closeQuietly(controller);
    };
    signal.addEventListener("abort", end);
    // The first text makes the headers go out before anything has happened.
    keepAlive();
    for (const { running, records } of sessions.sessions()) if (running) records.forEach(record);
    if (signal.aborted) end();
    return end;
  }

  return {
    open(signal) {
      if (open >= MAX_STREAMS) throw new ApiError("TOO_MANY", `${open} streams are open already: end one of them`);
      open++;
      let end = (): void => {};
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            end = start(controller, signal);
          },
          cancel: () => end(),
        },
        { highWaterMark: MAX_WAITING },
      );
    },
  };
}

/** A stream that its reader has cancelled is closed already. */
function closeQuietly(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch {
    // Closed by its reader.
  }
}

import { getHeapStatistics } from "node:v8";
import type { Scheduler } from "../../ports/clock.ts";
import { startPoll } from "../poll.ts";

/** The heap of a plug-in: more, and its thread is ended before the phone runs out of memory. */
export const MAX_HEAP_MIB = 128;
const LOOK_EVERY_MS = 500;

/** Calls `tooMuch` in a thread whose heap has grown too large, garbage included that node has not cleared away by then. */
export function watchHeap(scheduler: Scheduler, tooMuch: (usedMib: number) => void): void {
  startPoll(scheduler, "look at the heap", LOOK_EVERY_MS, () => {
    const usedMib = Math.round(getHeapStatistics().used_heap_size / 1_048_576);
    if (usedMib > MAX_HEAP_MIB) tooMuch(usedMib);
  });
}

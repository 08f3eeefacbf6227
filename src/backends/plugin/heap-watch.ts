import { getHeapStatistics } from "node:v8";
import type { Scheduler } from "../../ports/clock.ts";
import { startPoll } from "../poll.ts";

/** The heap limit of a plug-in: beyond it the thread is ended before the phone runs out of memory. */
export const MAX_HEAP_MIB = 128;
const LOOK_EVERY_MS = 500;

/** Calls `tooMuch` in a thread whose heap has grown too large, including garbage that node has not collected yet. */
export function watchHeap(scheduler: Scheduler, tooMuch: (usedMib: number) => void): void {
  startPoll(scheduler, "look at the heap", LOOK_EVERY_MS, () => {
    const usedMib = Math.round(getHeapStatistics().used_heap_size / 1_048_576);
    if (usedMib > MAX_HEAP_MIB) tooMuch(usedMib);
  });
}

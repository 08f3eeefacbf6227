import { DurableState } from "../../src/durable/durable-state.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { createFakeTime } from "./fake-time.ts";
import { silentLogger } from "./silent-logger.ts";

/** The documents of a phone, for what is tested without one. */
export function durableState(store: StateStore = createMemoryStateStore()): DurableState {
  const { scheduler } = createFakeTime({ inMemory: true });
  return new DurableState({ store, scheduler, log: silentLogger });
}

import type { StateDocument } from "../../src/ports/state-store.ts";

export interface Counter {
  readonly count: number;
}

/** Version 2 counts tenths: a document of version 1 is migrated. */
export const counterDocument: StateDocument<Counter> = {
  name: "counter",
  version: 1,
  empty: () => ({ count: 0 }),
  parse(this: StateDocument<Counter>, raw, version) {
    if (typeof raw !== "object" || raw === null || !("count" in raw) || typeof raw.count !== "number") {
      throw new Error("count is not a number");
    }
    return { count: this.version === 2 && version === 1 ? raw.count * 10 : raw.count };
  },
};

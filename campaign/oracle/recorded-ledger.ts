import type { Ledger } from "./ledger.ts";

/** What a ledger was told, and when, so that another can be told the first part of it. */
export interface LedgerRecord {
  readonly ledger: Ledger;
  /** Tells another ledger what this one had been told before a moment of process.hrtime.bigint(). */
  replay(onto: Ledger, before: bigint): void;
}

export function recordLedger(ledger: Ledger): LedgerRecord {
  const told: { readonly at: bigint; readonly apply: (onto: Ledger) => void }[] = [];
  const recorded = new Proxy(ledger, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        told.push({ at: process.hrtime.bigint(), apply: (onto) => Reflect.get(onto, name, onto).apply(onto, args) });
        return value.apply(target, args);
      };
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
  return {
    ledger: recorded,
    replay(onto, before) {
      for (const { at, apply } of told) if (at < before) apply(onto);
    },
  };
}

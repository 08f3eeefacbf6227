import { Ledger } from "./ledger.ts";

/** Records the entries of a ledger with their times, so that the first part can be replayed into another. */
export interface LedgerRecord {
  readonly ledger: Ledger;
  /** Another ledger with the entries of this one before a time of process.hrtime.bigint(). */
  replay(before: bigint): Ledger;
}

/** @param ledger new, or of a phone that is settled */
export function recordLedger(ledger: Ledger): LedgerRecord {
  const { factory, state, offered } = ledger;
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
    replay(before) {
      const onto = factory === null || state === null ? new Ledger() : Ledger.ofSettled(factory, state, offered);
      for (const { at, apply } of told) if (at < before) apply(onto);
      return onto;
    },
  };
}

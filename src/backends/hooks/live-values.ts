import type { BackendKey } from "../../ports/backend.ts";
import type { HookRunner } from "./hook-runner.ts";
import { parseKeyLines } from "./json-lines.ts";

/** What the phone has said. */
export type SaidValues = ReadonlyMap<BackendKey, string | null | undefined>;

const MOST_ANSWER_BYTES = 4 * 1_048_576;

/** Asks the `read` hook. Throws PhoneFault, which has been logged. */
export type AskPhone = (keys: Iterable<BackendKey>) => Promise<SaidValues>;

export function createAskPhone(runner: HookRunner, limitMs: number): AskPhone {
  return async (keys) => {
    const asked = new Set(keys);
    const lines = [...asked].map((key) => ({ key }));
    const { stdout } = await runner.run({ hook: "read", lines, limitMs, mostBytes: MOST_ANSWER_BYTES });
    const said = parseKeyLines(stdout, asked);
    if (typeof said === "string") throw runner.lie("read", said);
    return said;
  };
}

/** The live values as the phone told them last. */
export interface LiveValues {
  /** Null: the phone has said that it is not there. Undefined: it has said nothing of it. */
  get(key: BackendKey): string | null | undefined;
  /** `asked`: those of which it could have said something. */
  take(said: SaidValues, asked: Iterable<BackendKey>): void;
  /** Asks for these. Those who ask meanwhile are asked for together, when this is done. Throws PhoneFault. */
  refresh(keys: readonly BackendKey[]): Promise<void>;
}

export function createLiveValues(ask: AskPhone): LiveValues {
  const values = new Map<BackendKey, string | null>();
  let running: Promise<void> = Promise.resolve();
  /** Waits for the one that is running. */
  let next: { readonly keys: Set<BackendKey>; readonly done: Promise<void> } | null = null;

  function take(said: SaidValues, asked: Iterable<BackendKey>): void {
    for (const key of asked) {
      const value = said.get(key);
      if (value === undefined) values.delete(key);
      else values.set(key, value);
    }
  }

  function refresh(keys: readonly BackendKey[]): Promise<void> {
    if (next === null) {
      const wanted = new Set<BackendKey>();
      const done = running.then(async () => {
        next = null;
        take(await ask(wanted), wanted);
      });
      running = done.catch(() => {});
      next = { keys: wanted, done };
    }
    for (const key of keys) next.keys.add(key);
    return next.done;
  }

  return { get: (key) => values.get(key), take, refresh };
}

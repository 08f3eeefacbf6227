import type { BackendKey } from "../../ports/backend.ts";
import type { HookRunner } from "./hook-runner.ts";
import { parseKeyLines, type SaidOfKey } from "./json-lines.ts";

/** What the phone has said. */
export type SaidValues = ReadonlyMap<BackendKey, string | null | undefined>;

const MAX_ANSWER_BYTES = 4 * 1_048_576;

/** Asks the `read` hook. Throws PhoneFault, which has been logged. */
export type AskPhone = (keys: Iterable<BackendKey>) => Promise<SaidValues>;

export function createAskPhone(runner: HookRunner, limitMs: number): AskPhone {
  return async (keys) => {
    const asked = new Set(keys);
    const lines = [...asked].map((key) => ({ key }));
    const { stdout } = await runner.run({ hook: "read", lines, limitMs, maxBytes: MAX_ANSWER_BYTES });
    const said = parseKeyLines(stdout, asked);
    if (typeof said === "string") throw runner.lie("read", said);
    return said;
  };
}

/** The live values as the phone told them last. */
export interface LiveValues {
  /** Null: the phone has said that it is not there. Undefined: it has said nothing of it. */
  get(key: BackendKey): string | null | undefined;
  /** A moment, for `take`. */
  now(): number;
  /** The answer to a question that was asked at a moment. `asked`: what it could have spoken of. What was told since is newer. */
  take(said: SaidValues, asked: Iterable<BackendKey>, since: number): void;
  /** The phone has reported it on its own. */
  told(said: readonly SaidOfKey[]): void;
  /** Asks for these. Those who ask meanwhile are asked for together, when this is done. Throws PhoneFault. */
  refresh(keys: readonly BackendKey[]): Promise<void>;
}

export function createLiveValues(ask: AskPhone): LiveValues {
  const values = new Map<BackendKey, string | null>();
  const toldAt = new Map<BackendKey, number>();
  let moment = 0;
  let running: Promise<void> = Promise.resolve();
  /** Waits for the one that is running. */
  let next: { readonly keys: Set<BackendKey>; readonly done: Promise<void> } | null = null;

  function put(key: BackendKey, value: string | null | undefined): void {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }

  function take(said: SaidValues, asked: Iterable<BackendKey>, since: number): void {
    for (const key of asked) if ((toldAt.get(key) ?? 0) <= since) put(key, said.get(key));
  }

  function refresh(keys: readonly BackendKey[]): Promise<void> {
    if (next === null) {
      const wanted = new Set<BackendKey>();
      const done = running.then(async () => {
        next = null;
        const since = moment;
        take(await ask(wanted), wanted, since);
      });
      running = done.catch(() => {});
      next = { keys: wanted, done };
    }
    for (const key of keys) next.keys.add(key);
    return next.done;
  }

  return {
    get: (key) => values.get(key),
    now: () => moment,
    take,
    told(said) {
      moment++;
      for (const { key, value } of said) {
        put(key, value);
        toldAt.set(key, moment);
      }
    },
    refresh,
  };
}

import type { BackendKey } from "../../ports/backend.ts";
import type { HookRunner } from "./hook-runner.ts";
import { parseKeyLines, type SaidOfKey } from "./json-lines.ts";

/** The phone's answers. */
export type SaidValues = ReadonlyMap<BackendKey, string | null | undefined>;

const MAX_ANSWER_BYTES = 4 * 1_048_576;

/** Runs the `read` hook. Throws PhoneFault, which has been logged. */
export type AskPhone = (keys: Iterable<BackendKey>) => Promise<SaidValues>;

export function createAskPhone(runner: HookRunner, limitMs: number): AskPhone {
  return async (keys) => {
    const asked = new Set(keys);
    const lines = [...asked].map((key) => ({ key }));
    const { stdout } = await runner.run({ hook: "read", lines, limitMs, maxBytes: MAX_ANSWER_BYTES });
    const said = parseKeyLines(stdout, asked);
    if (typeof said === "string") throw runner.invalidOutput("read", said);
    return said;
  };
}

/** The live values that the phone reported last. */
export interface LiveValues {
  /** Null: the phone reports that it does not exist. Undefined: not reported. */
  get(key: BackendKey): string | null | undefined;
  /** The current point in the sequence of reports, for `take`. */
  now(): number;
  /**
   * Stores the answer to a request made at that point. `asked`: the requested keys. Later reports are newer and stay.
   */
  take(said: SaidValues, asked: Iterable<BackendKey>, since: number): void;
  /** Stores values that the phone reported on its own. */
  told(said: readonly SaidOfKey[]): void;
  /** Reads these values. Requests made meanwhile are combined into one that follows. Throws PhoneFault. */
  refresh(keys: readonly BackendKey[]): Promise<void>;
}

export function createLiveValues(ask: AskPhone): LiveValues {
  const values = new Map<BackendKey, string | null>();
  const reportedAt = new Map<BackendKey, number>();
  let moment = 0;
  let running: Promise<void> = Promise.resolve();
  /** Waits for the running request. */
  let next: { readonly keys: Set<BackendKey>; readonly done: Promise<void> } | null = null;

  function put(key: BackendKey, value: string | null | undefined): void {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }

  function take(said: SaidValues, asked: Iterable<BackendKey>, since: number): void {
    for (const key of asked) if ((reportedAt.get(key) ?? 0) <= since) put(key, said.get(key));
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
        reportedAt.set(key, moment);
      }
    },
    refresh,
  };
}

import { isAgentError, messageOf } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { ChangeByDevice, Prepared } from "../hardware.ts";
import type { HookRunner } from "./hook-runner.ts";
import { parseKeyLines } from "./json-lines.ts";
import type { AskPhone, SaidValues } from "./live-values.ts";

export interface SettingsMirrorOptions {
  readonly runner: HookRunner;
  readonly ask: AskPhone;
  /** Of the `apply` hook. */
  readonly limitMs: number;
  /** Settings of the data model: those that the phone is asked for. */
  readonly keys: readonly BackendKey[];
  readonly stored: (key: BackendKey) => string | undefined;
  readonly change: ChangeByDevice;
}

/**
 * Keeps the phone's own store of settings and ours alike: what is written here goes there through `apply`, what is changed
 * there comes here through `read` and `watch`. One step at a time, so that an answer is never older than what was written.
 */
export interface SettingsMirror {
  /** What is about to be written here, and actions. Throws PhoneFault with the phone as it was, as far as it lets us. */
  prepare(values: ReadonlyMap<BackendKey, string>, orders: ReadonlyMap<BackendKey, string>): Promise<Prepared>;
  /** Settings have changed here: the phone gets what it does not have yet. Never throws. */
  follow(keys: readonly BackendKey[]): void;
  /** Asks the phone for settings (all unless given) and `others`; takes over what differs. Throws PhoneFault. */
  look(others: readonly BackendKey[], settings?: readonly BackendKey[]): Promise<SaidValues>;
  /** The phone reports on its own that it has changed these. */
  changed(values: ReadonlyMap<BackendKey, string>): void;
  /** The phone has gone back to factory state: it gets every setting with the next `follow`. */
  forget(): void;
  /** All that was begun is done. */
  settled(): Promise<void>;
}

const MAX_REFUSAL_BYTES = 1_048_576;

export function createSettingsMirror(options: SettingsMirrorOptions): SettingsMirror {
  return new Mirror(options);
}

class Mirror implements SettingsMirror {
  readonly #options: SettingsMirrorOptions;
  /** What the phone has, as far as we know. */
  readonly #phone = new Map<BackendKey, string>();
  /** How often a key is on its way to the phone: what it says of such a key is old. */
  readonly #busy = new Map<BackendKey, number>();
  readonly #queue = new SerialQueue();
  #hasForgotten = false;

  constructor(options: SettingsMirrorOptions) {
    this.#options = options;
  }

  async prepare(values: ReadonlyMap<BackendKey, string>, orders: ReadonlyMap<BackendKey, string>): Promise<Prepared> {
    const { runner } = this.#options;
    if (!runner.has("apply")) return { needsRestart: false, stored: () => {}, undo: async () => {} };
    const release = this.#hold(values.keys());
    try {
      const needsRestart = await this.#inTurn(() => this.#apply(new Map([...values, ...orders])));
      for (const [key, value] of values) this.#phone.set(key, value);
      return { needsRestart, stored: release, undo: () => this.#putBack([...values.keys()]).finally(release) };
    } catch (error) {
      // Refused is refused. Whoever hangs or dies may have done half of it; nobody waits for that to be mended.
      if (isAgentError(error, "BACKEND_REFUSED")) release();
      else void this.#putBack([...values.keys()]).finally(release);
      throw error;
    }
  }

  follow(changed: readonly BackendKey[]): void {
    const { runner, stored, keys } = this.#options;
    const wanted = this.#hasForgotten ? keys : changed;
    this.#hasForgotten = false;
    if (!runner.has("apply")) return;
    const behind = wanted.filter((key) => stored(key) !== undefined && stored(key) !== this.#phone.get(key));
    if (behind.length === 0) return;
    const release = this.#hold(behind);
    void this.#putBack(behind).finally(release);
  }

  look(others: readonly BackendKey[], settings = this.#options.keys): Promise<SaidValues> {
    return this.#inTurn(async () => {
      const said = await this.#options.ask([...others, ...settings]);
      await this.#adopt(new Map(settings.flatMap((key) => entryOf(key, said.get(key)))));
      return said;
    });
  }

  changed(values: ReadonlyMap<BackendKey, string>): void {
    void this.#inTurn(() => this.#adopt(values));
  }

  forget(): void {
    this.#phone.clear();
    this.#hasForgotten = true;
  }

  async settled(): Promise<void> {
    await this.#queue.settled();
  }

  async #adopt(said: ReadonlyMap<BackendKey, string>): Promise<void> {
    const { stored, change, runner } = this.#options;
    const known = [...said].filter(([key]) => !this.#busy.has(key));
    for (const [key, value] of known) this.#phone.set(key, value);
    const changed = new Map(known.filter(([key, value]) => stored(key) !== value));
    if (changed.size === 0) return;
    try {
      // The phone has them: they are in force there as far as they can be.
      await change(changed, true);
    } catch (error) {
      runner.logOf("read").error(`a change at the phone could not be stored: ${messageOf(error)}`);
    }
  }

  async #apply(changes: ReadonlyMap<BackendKey, string>): Promise<boolean> {
    const { runner, limitMs } = this.#options;
    const lines = [...changes].map(([key, value]) => ({ key, value }));
    const sent = new Set(changes.keys());
    const keysIn = (stdout: Uint8Array): readonly BackendKey[] => {
      const said = parseKeyLines(stdout, sent);
      return typeof said === "string" ? [] : [...said.keys()];
    };
    const request = { hook: "apply", lines, limitMs, maxBytes: MAX_REFUSAL_BYTES } as const;
    return (await runner.run(request, keysIn)).needsRestart;
  }

  /** The phone gets what is stored here. Never throws: the failure is logged, and the next look says what the phone has. */
  #putBack(keys: readonly BackendKey[]): Promise<void> {
    return this.#inTurn(async () => {
      const values = new Map(keys.flatMap((key) => entryOf(key, this.#options.stored(key))));
      for (const key of keys) this.#phone.delete(key);
      if (values.size === 0) return;
      try {
        await this.#apply(values);
        for (const [key, value] of values) this.#phone.set(key, value);
      } catch {
        // The runner has told it.
      }
    });
  }

  #hold(keys: Iterable<BackendKey>): () => void {
    const held = [...keys];
    for (const key of held) this.#busy.set(key, (this.#busy.get(key) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const key of held) {
        const left = (this.#busy.get(key) ?? 1) - 1;
        if (left === 0) this.#busy.delete(key);
        else this.#busy.set(key, left);
      }
    };
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    return this.#queue.run(step);
  }
}

function entryOf(key: BackendKey, value: string | null | undefined): [BackendKey, string][] {
  return value === null || value === undefined ? [] : [[key, value]];
}

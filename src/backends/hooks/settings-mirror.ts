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
  /** Settings of the data model, which the `read` hook is called for. */
  readonly keys: readonly BackendKey[];
  readonly stored: (key: BackendKey) => string | undefined;
  readonly change: ChangeByDevice;
}

/**
 * Keeps the phone's own settings and ours in sync: our changes go to the phone through `apply`, its changes come
 * through `read` and `watch`. One step at a time, so that an answer is never older than the last write.
 */
export interface SettingsMirror {
  /**
   * Sends settings that are about to be stored here, and actions. Throws PhoneFault with the phone unchanged, as far as
   * it can be restored.
   */
  prepare(values: ReadonlyMap<BackendKey, string>, orders: ReadonlyMap<BackendKey, string>): Promise<Prepared>;
  /** Settings have changed here: sends the phone what it lacks. Never throws. */
  follow(keys: readonly BackendKey[]): void;
  /** Reads settings (default: all) and `others` from the phone, and adopts differences. Throws PhoneFault. */
  look(others: readonly BackendKey[], settings?: readonly BackendKey[]): Promise<SaidValues>;
  /** The phone reports changes of these on its own. */
  changed(values: ReadonlyMap<BackendKey, string>): void;
  /** The phone was reset to factory state: the next `follow` sends it every setting. */
  forget(): void;
  /** Resolves when all started work is done. */
  settled(): Promise<void>;
}

const MAX_REFUSAL_BYTES = 1_048_576;

export function createSettingsMirror(options: SettingsMirrorOptions): SettingsMirror {
  return new Mirror(options);
}

class Mirror implements SettingsMirror {
  readonly #options: SettingsMirrorOptions;
  /** The phone's values, as far as known. */
  readonly #phone = new Map<BackendKey, string>();
  /** Number of writes of a key that are in progress: the phone's reports of such a key are outdated. */
  readonly #busy = new Map<BackendKey, number>();
  readonly #queue = new SerialQueue();
  #mustSendAll = false;

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
      // After a refusal nothing has changed. A hook that hangs or dies may have done half of the work; its repair is
      // not waited for.
      if (isAgentError(error, "BACKEND_REFUSED")) release();
      else void this.#putBack([...values.keys()]).finally(release);
      throw error;
    }
  }

  follow(changed: readonly BackendKey[]): void {
    const { runner, stored, keys } = this.#options;
    const wanted = this.#mustSendAll ? keys : changed;
    this.#mustSendAll = false;
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
    this.#mustSendAll = true;
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
      // The phone has received them: they are in force there as far as possible.
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

  /**
   * Sends the stored settings to the phone. Never throws: the failure is logged, and the next poll shows what the phone
   * has.
   */
  #putBack(keys: readonly BackendKey[]): Promise<void> {
    return this.#inTurn(async () => {
      const values = new Map(keys.flatMap((key) => entryOf(key, this.#options.stored(key))));
      for (const key of keys) this.#phone.delete(key);
      if (values.size === 0) return;
      try {
        await this.#apply(values);
        for (const [key, value] of values) this.#phone.set(key, value);
      } catch {
        // The runner has logged it.
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

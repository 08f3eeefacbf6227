import { messageOf } from "../cwmp/errors.ts";
import type { SerialQueue } from "../durable/serial-queue.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { Layout } from "./layout.ts";
import type { Layouts } from "./layouts.ts";
import { PARAMETERS_DOCUMENT, type ParametersState, rowsOf } from "./state.ts";

export interface KeptStateOptions {
  readonly layouts: Layouts;
  readonly state: StateStore;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Orders the changes: a retry must not overlap one. */
  readonly queue: SerialQueue;
}

const RETRY_MS = 30_000;

/** The agent's own stored state of one phone's parameters, and the resulting layout. */
export class KeptState {
  readonly #options: KeptStateOptions;
  #current: ParametersState;
  #layout: Layout;
  /** The changes that could not be saved yet. */
  #unfinished: (() => Promise<void>) | null = null;
  #timer: Timer | null = null;

  constructor(options: KeptStateOptions, current: ParametersState) {
    this.#options = options;
    this.#current = current;
    this.#layout = this.#layoutOf(current);
  }

  get current(): ParametersState {
    return this.#current;
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** Durable, and then in force. Throws AgentError STATE_IO, with nothing changed. */
  async save(state: ParametersState): Promise<void> {
    await this.#options.state.save(PARAMETERS_DOCUMENT, state);
    this.#use(state);
  }

  /**
   * In force now, and durable as soon as the disk takes it. Never throws.
   *
   * @param follow work at the phone that comes first; repeated until it and the save succeed
   */
  async keep(state: ParametersState, follow: () => Promise<void> = async () => {}): Promise<void> {
    this.#use(state);
    await this.#untilDone(async () => {
      await follow();
      await this.save(this.#current);
    });
  }

  /** Makes a last attempt to save. Never throws. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#unfinished?.().catch(() => {});
    this.#unfinished = null;
  }

  async #untilDone(work: () => Promise<void>): Promise<void> {
    const { log, scheduler, queue } = this.#options;
    this.#timer?.cancel();
    const isFirst = this.#unfinished === null;
    this.#unfinished = work;
    try {
      await work();
      this.#unfinished = null;
      if (!isFirst) log.info({}, "The state of the parameters is on disk again");
    } catch (error) {
      const fields = { reason: messageOf(error) };
      if (isFirst)
        log.error(fields, `The state of the parameters is not on disk yet: retrying every ${RETRY_MS / 1_000} s`);
      this.#timer = scheduler.after(RETRY_MS, "save the state of the parameters", () => {
        void queue.run(() => this.#untilDone(work));
      });
    }
  }

  #use(state: ParametersState): void {
    if (state.tables !== this.#current.tables) this.#layout = this.#layoutOf(state);
    this.#current = state;
  }

  #layoutOf(state: ParametersState): Layout {
    const { layouts } = this.#options;
    return Object.keys(state.tables).length === 0
      ? layouts.factory
      : layouts.of(rowsOf(layouts.factory, state, layouts.accounts), this.#layout);
  }
}

import { AgentError, isAgentError, messageOf } from "../cwmp/errors.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";
import type { Read } from "./read.ts";
import { SerialQueue } from "./serial-queue.ts";

/** A document of version 1 that is read field by field. */
export function stateDocument<T>(name: string, empty: T, read: Read<T>): StateDocument<T> {
  return { name, version: 1, empty: () => empty, parse: (raw) => read(raw, name) };
}

/**
 * One state document, and the one way to change it: changes come one after the other, each on top of the one before.
 * A change that returns its argument, or an equal value, writes nothing; one that throws changes nothing. It must not
 * alter its argument.
 */
export interface DurableCell<T> {
  readonly current: T;
  /**
   * For promises: saved first, then visible. Durable, and `current`, when it resolves.
   *
   * @throws AgentError STATE_IO: it could not be saved, and nothing has changed, now or after a restart
   */
  update(change: (now: T) => T): Promise<T>;
  /**
   * For facts that hold whether or not they can be saved, such as a changed value: visible at once, and saved as soon
   * as the disk works, with retries and growing waits. Never rejects, unless `change` throws.
   *
   * @returns whether it is durable, along with all that was learned before it
   */
  learn(change: (now: T) => T): Promise<boolean>;
}

export interface DurableStateOptions {
  readonly store: StateStore;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 300_000;

/**
 * The state documents of one phone. They are saved in the order of their changes: nothing is durable while something learned
 * before it is not, so that one document may count on another, as the list of scheduled Informs does on the events.
 */
export class DurableState {
  readonly #options: DurableStateOptions;
  readonly #queue = new SerialQueue();
  /** Learned and not saved yet, the oldest first. */
  #unsaved: readonly StateCell<unknown>[] = NOTHING;
  #timer: Timer | null = null;
  /** Until the next try; null while all is well. */
  #waitMs: number | null = null;
  #stopped = false;

  constructor(options: DurableStateOptions) {
    this.#options = options;
  }

  /** Throws AgentError STATE_IO, STATE_VERSION. */
  async open<T>(document: StateDocument<T>): Promise<DurableCell<T>> {
    return new StateCell(this, document, await this.#options.store.load(document));
  }

  /** Tries once more to save what is not saved yet. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#queue.run(() => this.#catchUp());
  }

  /** For the cells. */
  update<T>(cell: StateCell<T>, change: (now: T) => T): Promise<T> {
    return this.#queue.run(async () => {
      const next = change(cell.current);
      if (!isEqual(next, cell.current)) {
        await this.#saveUnsaved();
        await this.#save(cell.document, next);
      }
      cell.current = next;
      return next;
    });
  }

  /** For the cells. */
  learn<T>(cell: StateCell<T>, change: (now: T) => T): Promise<boolean> {
    return this.#queue.run(() => {
      const next = change(cell.current);
      if (!isEqual(next, cell.current) && !this.#unsaved.includes(cell)) this.#unsaved = [...this.#unsaved, cell];
      cell.current = next;
      return this.#catchUp();
    });
  }

  async #catchUp(): Promise<boolean> {
    try {
      await this.#saveUnsaved();
      return true;
    } catch (error) {
      this.#tryAgain(error);
      return false;
    }
  }

  async #saveUnsaved(): Promise<void> {
    for (const cell of this.#unsaved) {
      await this.#save(cell.document, cell.current);
      this.#unsaved = this.#unsaved.filter((each) => each !== cell);
    }
    if (this.#waitMs === null) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#waitMs = null;
    this.#options.log.info({}, "The state can be saved again");
  }

  #tryAgain(error: unknown): void {
    if (this.#timer !== null || this.#stopped) return;
    const { scheduler, log } = this.#options;
    if (this.#waitMs === null) {
      log.error({ reason: messageOf(error) }, "The state cannot be saved: it is kept in memory, retrying");
    }
    const waitMs = this.#waitMs ?? FIRST_WAIT_MS;
    this.#waitMs = Math.min(2 * waitMs, MAX_WAIT_MS);
    this.#timer = scheduler.after(waitMs, "save the state", () => {
      this.#timer = null;
      void this.#queue.run(() => this.#catchUp());
    });
  }

  async #save<T>(document: StateDocument<T>, value: T): Promise<void> {
    try {
      await this.#options.store.save(document, value);
    } catch (error) {
      if (isAgentError(error)) throw error;
      const what = `cannot save the state document "${document.name}": ${messageOf(error)}`;
      throw new AgentError("STATE_IO", what, { cause: error });
    }
  }
}

const NOTHING: readonly StateCell<unknown>[] = [];

class StateCell<T> implements DurableCell<T> {
  readonly #state: DurableState;
  readonly document: StateDocument<T>;
  current: T;

  constructor(state: DurableState, document: StateDocument<T>, current: T) {
    this.#state = state;
    this.document = document;
    this.current = current;
  }

  update(change: (now: T) => T): Promise<T> {
    return this.#state.update(this, change);
  }

  learn(change: (now: T) => T): Promise<boolean> {
    return this.#state.learn(this, change);
  }
}

/** As they are stored. */
function isEqual(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

import { AgentError, isAgentError, messageOf } from "../cwmp/errors.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";
import type { Read } from "./read.ts";
import { SerialQueue } from "./serial-queue.ts";

/** A document of version 1 that is read field by field. */
export function stateDocument<T>(name: string, empty: T, read: Read<T>): StateDocument<T> {
  return { name, version: 1, empty: () => empty, parse: (raw) => read(raw, name) };
}

/**
 * One state document, and the one way to change it: changes come one after the other, and each is durable before anyone sees
 * it. What is `current` is what a restart finds.
 */
export class DurableCell<T> {
  readonly #store: StateStore;
  readonly #document: StateDocument<T>;
  readonly #queue = new SerialQueue();
  #current: T;

  private constructor(store: StateStore, document: StateDocument<T>, current: T) {
    this.#store = store;
    this.#document = document;
    this.#current = current;
  }

  /** Throws AgentError STATE_IO, STATE_VERSION. */
  static async open<T>(store: StateStore, document: StateDocument<T>): Promise<DurableCell<T>> {
    return new DurableCell(store, document, await store.load(document));
  }

  get current(): T {
    return this.#current;
  }

  /**
   * Replaces the value: durable, and `current`, when it resolves. A change that answers the very value that it is given, or an
   * equal one, writes nothing. One that throws changes nothing.
   *
   * @param change called when those before it are done; must not change what it is given
   * @throws AgentError STATE_IO: it could not be saved, and nothing has changed, now or after a restart
   */
  update(change: (now: T) => T): Promise<T> {
    return this.#queue.run(async () => {
      const next = change(this.#current);
      if (!isEqual(next, this.#current)) await this.#save(next);
      this.#current = next;
      return next;
    });
  }

  /** Resolves when every change so far has been saved, or has failed. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  async #save(value: T): Promise<void> {
    try {
      await this.#store.save(this.#document, value);
    } catch (error) {
      if (isAgentError(error)) throw error;
      const what = `cannot save the state document "${this.#document.name}": ${messageOf(error)}`;
      throw new AgentError("STATE_IO", what, { cause: error });
    }
  }
}

/** As they are stored. */
function isEqual(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

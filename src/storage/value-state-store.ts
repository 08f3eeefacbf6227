import type { StateDocument, StateStore } from "../ports/state-store.ts";

/**
 * State in memory, for fleets: stores the saved values themselves, which the caller holds anyway; their texts would
 * double the memory. Saved values must not be altered.
 */
export function createValueStateStore(): StateStore {
  return new ValueStore();
}

interface Kept {
  readonly document: StateDocument<unknown>;
  value: unknown;
}

class ValueStore implements StateStore {
  /** A phone has few documents, so that a list is smaller than a map. */
  #kept: Kept[] = [];

  async load<T>(document: StateDocument<T>): Promise<T> {
    const kept = this.#find(document);
    if (kept === undefined) return document.empty();
    if (kept.document === document) return kept.value as T;
    return document.parse(kept.value, kept.document.version);
  }

  async save<T>(document: StateDocument<T>, value: T): Promise<void> {
    const kept = this.#find(document);
    if (kept !== undefined && kept.document === document) kept.value = value;
    // concat, as a spread leaves room for more: 100 bytes a phone.
    else this.#kept = this.#kept.filter((each) => each !== kept).concat({ document, value });
  }

  async erase(): Promise<void> {
    this.#kept = [];
  }

  #find({ name }: StateDocument<unknown>): Kept | undefined {
    return this.#kept.find(({ document }) => document.name === name);
  }
}

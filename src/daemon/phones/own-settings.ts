import type { BackendKey, FactorySettings } from "../../ports/backend.ts";

/** The factory settings of a kind of phones with a few of one phone's own, such as its password at the ACS: they share the map. */
export function withOwnSettings(shared: FactorySettings, own: ReadonlyMap<BackendKey, string>): FactorySettings {
  for (const key of own.keys()) if (!shared.has(key)) throw new RangeError(`the phone has no setting ${key}`);
  return own.size === 0 ? shared : new OwnFactory(shared, own);
}

class OwnFactory implements FactorySettings {
  readonly #shared: FactorySettings;
  readonly #own: ReadonlyMap<BackendKey, string>;

  constructor(shared: FactorySettings, own: ReadonlyMap<BackendKey, string>) {
    this.#shared = shared;
    this.#own = own;
  }

  get size(): number {
    return this.#shared.size;
  }

  get(key: BackendKey): string | undefined {
    return this.#own.get(key) ?? this.#shared.get(key);
  }

  has(key: BackendKey): boolean {
    return this.#shared.has(key);
  }

  keys(): MapIterator<BackendKey> {
    return this.#shared.keys();
  }

  *entries(): MapIterator<[BackendKey, string]> {
    for (const [key, text] of this.#shared) yield [key, this.#own.get(key) ?? text];
  }

  *values(): MapIterator<string> {
    for (const [, text] of this.entries()) yield text;
  }

  [Symbol.iterator](): MapIterator<[BackendKey, string]> {
    return this.entries();
  }

  forEach(run: (text: string, key: BackendKey, map: FactorySettings) => void): void {
    for (const [key, text] of this) run(text, key, this);
  }
}

import { factoryText, parseAutop } from "../../autop/document.ts";
import type { BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";
import { type Settings, type StagedSettings, settingsChanges } from "./settings.ts";
import { checkStaged, checkUnknownKeys } from "./settings-checks.ts";

export interface MemorySettingsOptions {
  /** Shared by every phone of a fleet; each stores only differences. */
  readonly factory: FactorySettings;
}

/** Settings in memory alone. Only the agent can change them, so nothing is ever reported. */
export function createMemorySettings({ factory }: MemorySettingsOptions): Settings {
  return new MemorySettings(factory);
}

export class MemorySettings implements Settings {
  readonly #factory: FactorySettings;
  /** Differences from the factory settings; null: none. */
  #overlay: Map<BackendKey, string> | null = null;
  /** Keys that the data model lacks, by their lower case: as in a file, the first spelling stays. */
  #spellings: Map<string, BackendKey> | null = null;

  constructor(factory: FactorySettings) {
    this.#factory = factory;
  }

  /** What differs from the factory. */
  get own(): ReadonlyMap<BackendKey, string> {
    return this.#overlay ?? NOTHING;
  }

  supports(key: BackendKey): boolean {
    return this.#factory.has(key);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  get(key: BackendKey): string | undefined {
    return this.#overlay?.get(this.#spelled(key)) ?? this.#factory.get(key);
  }

  stage(changes: ReadonlyMap<BackendKey, string>): StagedSettings {
    checkStaged(this.#factory, changes);
    checkUnknownKeys(this.#factory, changes, () => this.#overlay ?? NOTHING);
    return {
      apply: async () =>
        [...changes].map(([key, value]) => this.#write(key, value)).filter((change) => change !== null),
    };
  }

  async factoryReset(): Promise<readonly BackendChange[]> {
    const old = this.#overlay;
    this.#overlay = null;
    return settingsChanges(
      this.#factory,
      (key) => old?.get(key) ?? this.#factory.get(key),
      (key) => this.get(key),
    );
  }

  async touch(): Promise<void> {}

  locate(): null {
    return null;
  }

  text(): string {
    const document = parseAutop(factoryText(this.#factory));
    for (const [key, value] of this.#overlay ?? NOTHING) document.set(key, value);
    return document.toText();
  }

  #spelled(key: BackendKey): BackendKey {
    return this.#factory.has(key) ? key : (this.#spellings?.get(key.toLowerCase()) ?? key);
  }

  #write(key: BackendKey, value: string): BackendChange | null {
    const before = this.get(key);
    if (before === value) return null;
    const own = this.#spelled(key);
    if (!this.#factory.has(own)) {
      this.#spellings ??= new Map();
      this.#spellings.set(own.toLowerCase(), own);
    }
    if (this.#factory.get(own) === value) this.#overlay?.delete(own);
    else {
      this.#overlay ??= new Map();
      this.#overlay.set(own, value);
    }
    return { key, before, after: value };
  }
}

const NOTHING: ReadonlyMap<BackendKey, string> = new Map();

import { parseAutop } from "../../autop/document.ts";
import { factoryText } from "../../autop/factory-text.ts";
import type { BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";
import { type Settings, settingsChanges } from "./settings.ts";
import { checkStaged, checkUnknownKeys } from "./settings-checks.ts";

export interface MemorySettingsOptions {
  /** Shared by every phone of a fleet; each keeps only what differs from it. */
  readonly factory: FactorySettings;
}

/** Settings that end with the process. Nobody else can change them, so that nothing is ever reported. */
export function createMemorySettings({ factory }: MemorySettingsOptions): Settings {
  let overlay = new Map<BackendKey, string>();
  /** Keys that the data model lacks, by their lower case: as in a file, the first spelling stays. */
  const spellings = new Map<string, BackendKey>();
  const spelled = (key: BackendKey) => (factory.has(key) ? key : (spellings.get(key.toLowerCase()) ?? key));
  const get = (key: BackendKey) => overlay.get(spelled(key)) ?? factory.get(key);

  function write(key: BackendKey, value: string): BackendChange | null {
    const before = get(key);
    if (before === value) return null;
    const own = spelled(key);
    if (!factory.has(own)) spellings.set(own.toLowerCase(), own);
    if (factory.get(own) === value) overlay.delete(own);
    else overlay.set(own, value);
    return { key, before, after: value };
  }

  return {
    supports: (key) => factory.has(key),
    start: async () => {},
    stop: async () => {},
    get,
    stage(changes) {
      checkStaged(factory, changes);
      checkUnknownKeys(factory, changes, () => overlay);
      return {
        apply: async () => [...changes].map(([key, value]) => write(key, value)).filter((change) => change !== null),
      };
    },
    async factoryReset() {
      const old = overlay;
      overlay = new Map();
      return settingsChanges(factory, (key) => old.get(key) ?? factory.get(key), get);
    },
    touch: async () => {},
    locate: () => null,
    text() {
      const document = parseAutop(factoryText(factory));
      for (const [key, value] of overlay) document.set(key, value);
      return document.toText();
    },
  };
}

import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { factorySettings } from "../../src/model/factory.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { PARAMETERS_DOCUMENT } from "../../src/parameters/state.ts";
import { type OpenTree, openParameterTree } from "../../src/parameters/tree.ts";
import type { Backend, BackendChange } from "../../src/ports/backend.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";

export const model = loadDataModel(defaultDataModelFolder());
const layouts = createLayouts(model, { accounts: 3, accountsFixed: false });
const ACCOUNT = "Device.LAN.VoiceService.1.VoiceProfile.1.";
export const PATHS = {
  user: `${ACCOUNT}Line.1.SIP.CUSTOM_UserName`,
  proxy: `${ACCOUNT}SIP.OutboundProxy`,
  /** Kept by the agent, not by the phone. */
  domain: `${ACCOUNT}SIP.UserAgentDomain`,
  lineReset: `${ACCOUNT}Reset`,
  parameterKey: "Device.ManagementServer.ParameterKey",
} as const;
export const USER_KEY = "Config.Account1.GENERAL.UserName";
export const PROXY_KEY = "Config.Account1.OUTPROXY.Server";

/** What goes wrong from now on. */
export interface Trouble {
  /** Saves of the state that still succeed. */
  savesLeft: number;
  /** What `apply` does: all of it; nothing and throws; its first key and throws; all of it and throws. */
  apply: "works" | "fails" | "half" | "late";
}

/** A phone with a store of settings of its own that outlives the agent; `atomic` as its backend promises. */
export function createPhoneUnderTest(atomic: boolean) {
  const time = createFakeTime({ inMemory: true });
  const log = createMemoryLogger();
  const texts = new Map(factorySettings(model, 3));
  const trouble: Trouble = { savesLeft: Number.POSITIVE_INFINITY, apply: "works" };
  const applied: string[][] = [];
  const inner = createMemoryStateStore();
  const state: StateStore = {
    ...inner,
    async save(document, value) {
      if (trouble.savesLeft <= 0) throw new Error("ENOSPC");
      trouble.savesLeft--;
      await inner.save(document, value);
    },
  };

  let report: (changes: readonly BackendChange[]) => void = () => {};

  async function apply(changes: ReadonlyMap<string, string>): Promise<"applied"> {
    const how = trouble.apply;
    applied.push([...changes.keys()]);
    const made = [...changes].slice(0, how === "fails" ? 0 : how === "half" ? 1 : changes.size);
    for (const [key, text] of made) if (key.startsWith("Config.")) texts.set(key, text);
    if (how !== "works") throw new Error("EIO");
    return "applied";
  }

  const backend: Backend = {
    name: "test",
    ...(atomic ? { atomic } : {}),
    supports: () => true,
    start: async (onChange) => {
      report = onChange;
    },
    stop: async () => {},
    read: async (keys) => new Map(keys.flatMap((key) => (texts.has(key) ? [[key, texts.get(key) ?? ""]] : []))),
    stage: async (changes) => ({ apply: () => apply(changes), discard: async () => {} }),
    locate: (key) => (key.startsWith("Config.") ? `phone.cfg: ${key}` : null),
    reboot: async () => {},
    factoryReset: async () => {},
  };

  return {
    time,
    log,
    texts,
    trouble,
    /** The keys of each `apply`. */
    applied,
    state,
    /** Someone else has changed `texts`. */
    report: (changes: readonly BackendChange[]) => report(changes),
    /** Another start of the agent; the one before is as dead as by a power cut unless it was closed. */
    open: (): Promise<OpenTree> =>
      openParameterTree({ layouts, backend, state, scheduler: time.scheduler, agentValues: () => "", log }),
    stored: () => inner.load(PARAMETERS_DOCUMENT),
    /** Writes a document as some version of this program would have written it. */
    storeRaw: (value: unknown) =>
      inner.save({ ...PARAMETERS_DOCUMENT, parse: (raw: unknown) => raw, empty: () => null }, value),
  };
}

export type PhoneUnderTest = ReturnType<typeof createPhoneUnderTest>;

const CHANGED = [PATHS.user, PATHS.proxy, PATHS.domain];

/** Two texts of the phone and one of the agent, all to `tag`. */
export async function setAll(tree: OpenTree, tag: string): Promise<void> {
  await tree.setValues(
    CHANGED.map((path) => ({ path, value: tag, type: null })),
    `${tag}-key`,
    "acs",
  );
}

/** The values of `setAll` and the ParameterKey, such as `old|old|old|old-key`. */
export async function readAll(tree: OpenTree): Promise<string> {
  const paths = [...CHANGED, PATHS.parameterKey];
  const values = await tree.read(paths.flatMap((path) => tree.find(path)));
  return paths.map((path) => values.get(path)).join("|");
}

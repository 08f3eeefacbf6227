import type { StateDocument, StateStore } from "../ports/state-store.ts";

/** What an agent knows of its own life, over restarts. */
export interface Lifecycle {
  /** The ACS URL that has had its `0 BOOTSTRAP`; null before the first contact (C-090). */
  readonly informedUrl: string | null;
  /** Failed attempts since the last successful session (C-100). */
  readonly retryCount: number;
  /** A factory reset was promised to the ACS and is not known to be done. */
  readonly resetting: boolean;
  /** Path of the connection-request URL (C-211). */
  readonly connectionRequestToken: string | null;
  /** A keyed hash of each YAML line at the last start, by key: tells a changed line without keeping secrets. */
  readonly settings: Readonly<Record<string, string>> | null;
  readonly settingsSalt: string;
}

const LIFECYCLE_DOCUMENT: StateDocument<Lifecycle> = {
  name: "lifecycle",
  version: 1,
  empty: () => ({
    informedUrl: null,
    retryCount: 0,
    resetting: false,
    connectionRequestToken: null,
    settings: null,
    settingsSalt: "",
  }),
  parse: (raw) => {
    const value = (raw ?? {}) as Partial<Record<keyof Lifecycle, unknown>>;
    const { informedUrl, retryCount, resetting, connectionRequestToken, settings, settingsSalt } = value;
    if (!isTextOrNull(informedUrl)) throw new Error("informedUrl is not a text");
    if (typeof retryCount !== "number" || !Number.isSafeInteger(retryCount)) throw new Error("retryCount is no number");
    if (typeof resetting !== "boolean") throw new Error("resetting is neither true nor false");
    if (!isTextOrNull(connectionRequestToken)) throw new Error("connectionRequestToken is not a text");
    if (typeof settingsSalt !== "string" || typeof settings !== "object") throw new Error("settings are no object");
    return {
      informedUrl,
      retryCount,
      resetting,
      connectionRequestToken,
      settingsSalt,
      settings: settings === null ? null : mapTexts(settings),
    };
  },
};

/** The lifecycle of one agent; an update is durable when it resolves. */
export interface LifecycleStore {
  readonly current: Lifecycle;
  update(change: Partial<Lifecycle>): Promise<void>;
}

export async function openLifecycle(state: StateStore): Promise<LifecycleStore> {
  let current = await state.load(LIFECYCLE_DOCUMENT);
  return {
    get current() {
      return current;
    },
    async update(change) {
      current = { ...current, ...change };
      await state.save(LIFECYCLE_DOCUMENT, current);
    },
  };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function mapTexts(settings: object): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, hash]) => [key, String(hash)]));
}

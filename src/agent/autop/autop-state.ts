import type { StateDocument, StateStore } from "../../ports/state-store.ts";

/** What AutoP remembers over restarts. Contents are kept as salted hashes: there are passwords in them. */
export interface AutopState {
  /** Of the file that the YAML settings name, as it was last applied. */
  readonly file: string | null;
  /** Of the files on the server, as they were last applied. */
  readonly common: string | null;
  readonly device: string | null;
  /** Of both files together, where the phone has refused them. */
  readonly refused: string | null;
  /** The phone restarts because of settings that AutoP has made. */
  readonly restarting: boolean;
}

const NOTHING: AutopState = { file: null, common: null, device: null, refused: null, restarting: false };

const AUTOP_DOCUMENT: StateDocument<AutopState> = {
  name: "autop",
  version: 1,
  empty: () => NOTHING,
  parse: (raw) => {
    const { restarting, ...hashes } = (raw ?? {}) as Record<string, unknown>;
    if (typeof restarting !== "boolean") throw new Error("restarting is neither true nor false");
    const { file, common, device, refused } = hashes;
    return {
      file: hashOrNull(file),
      common: hashOrNull(common),
      device: hashOrNull(device),
      refused: hashOrNull(refused),
      restarting,
    };
  },
};

/** An update is durable when it resolves. */
export interface AutopStore {
  readonly current: AutopState;
  update(change: Partial<AutopState>): Promise<void>;
}

export async function openAutopStore(state: StateStore): Promise<AutopStore> {
  let current = await state.load(AUTOP_DOCUMENT);
  return {
    get current() {
      return current;
    },
    async update(change) {
      const next = { ...current, ...change };
      await state.save(AUTOP_DOCUMENT, next);
      current = next;
    },
  };
}

function hashOrNull(value: unknown): string | null {
  if (value !== null && typeof value !== "string") throw new Error("a hash is no text");
  return value;
}

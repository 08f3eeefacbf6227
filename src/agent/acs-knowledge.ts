import { CWMP_VERSIONS, type CwmpVersion } from "../cwmp/versions.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";

/** What the phone has found out about an ACS. */
export interface AcsKnowledge {
  /** The newest CWMP version in which it has taken an Inform; null before it has. */
  readonly version: CwmpVersion | null;
  /** What its GetRPCMethods says; null while it has not been asked. */
  readonly methods: readonly string[] | null;
}

interface AcsKnowledgeState extends AcsKnowledge {
  readonly url: string;
}

const NOTHING: AcsKnowledge = { version: null, methods: null };

const ACS_DOCUMENT: StateDocument<AcsKnowledgeState> = {
  name: "acs",
  version: 1,
  empty: () => ({ url: "", ...NOTHING }),
  parse: (raw) => {
    const { url, version, methods } = (raw ?? {}) as { [K in keyof AcsKnowledgeState]?: unknown };
    const known = CWMP_VERSIONS.find((one) => one === version) ?? null;
    if (typeof url !== "string" || (version !== null && known === null)) throw new Error("it describes no ACS");
    return { url, version: known, methods: Array.isArray(methods) ? methods.map(String) : null };
  },
};

/** Kept for one URL, the one in use: a new URL may lead to another ACS. Durable when an update resolves. */
export interface AcsKnowledgeStore {
  of(url: string): AcsKnowledge;
  update(url: string, change: Partial<AcsKnowledge>): Promise<void>;
}

export async function openAcsKnowledge(state: StateStore): Promise<AcsKnowledgeStore> {
  let current = await state.load(ACS_DOCUMENT);
  const of = (url: string): AcsKnowledge => (current.url === url ? current : NOTHING);
  return {
    of,
    async update(url, change) {
      const { version, methods } = of(url);
      current = { version, methods, ...change, url };
      await state.save(ACS_DOCUMENT, current);
    },
  };
}

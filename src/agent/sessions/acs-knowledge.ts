import { CWMP_VERSIONS, type CwmpVersion } from "../../cwmp/versions.ts";
import { type DurableCell, type DurableState, stateDocument } from "../../durable/durable-state.ts";
import { listOf, nullOr, oneOf, shape, text } from "../../durable/read.ts";

/** What the phone has learned about an ACS. */
export interface AcsKnowledge {
  /** The newest CWMP version in which it has accepted an Inform; null before that. */
  readonly version: CwmpVersion | null;
  /** The answer to GetRPCMethods; null before it was called. */
  readonly methods: readonly string[] | null;
}

interface AcsKnowledgeState extends AcsKnowledge {
  readonly url: string;
}

const NOTHING: AcsKnowledge = { version: null, methods: null };

const ACS_DOCUMENT = stateDocument<AcsKnowledgeState>(
  "acs",
  { url: "", ...NOTHING },
  shape({ url: text, version: nullOr(oneOf(CWMP_VERSIONS)), methods: nullOr(listOf(text)) }),
);

/** Stored for the current URL alone: a new URL may lead to another ACS. */
export interface AcsKnowledgeStore {
  of(url: string): AcsKnowledge;
  learn(url: string, change: Partial<AcsKnowledge>): Promise<void>;
}

export async function openAcsKnowledge(state: DurableState): Promise<AcsKnowledgeStore> {
  return new Knowledge(await state.open(ACS_DOCUMENT));
}

class Knowledge implements AcsKnowledgeStore {
  readonly #cell: DurableCell<AcsKnowledgeState>;

  constructor(cell: DurableCell<AcsKnowledgeState>) {
    this.#cell = cell;
  }

  of(url: string): AcsKnowledge {
    return knownOf(this.#cell.current, url);
  }

  async learn(url: string, change: Partial<AcsKnowledge>): Promise<void> {
    await this.#cell.learn((now) => {
      const { version, methods } = knownOf(now, url);
      return { url, version, methods, ...change };
    });
  }
}

function knownOf(known: AcsKnowledgeState, url: string): AcsKnowledge {
  return known.url === url ? known : NOTHING;
}

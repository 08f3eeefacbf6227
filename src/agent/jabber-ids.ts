import type { StateDocument, StateStore } from "../ports/state-store.ts";

type JabberIdsState = Readonly<Record<string, string>>;

const JABBER_IDS_DOCUMENT: StateDocument<JabberIdsState> = {
  name: "jabber-ids",
  version: 1,
  empty: () => ({}),
  parse: (raw) => {
    if (typeof raw !== "object" || raw === null) throw new Error("it holds no Jabber IDs");
    return Object.fromEntries(Object.entries(raw).map(([instance, id]) => [instance, String(id)]));
  },
};

/** The Jabber ID that each XMPP connection had last: kept while it is lost, and over restarts (C-256). */
export interface JabberIds {
  /** Empty where there has been none. */
  get(instance: number): string;
  /** Durable when it resolves. */
  set(instance: number, jabberId: string): Promise<void>;
  /** Forgets connections that are no longer there. */
  keepOnly(instances: readonly number[]): Promise<void>;
}

export async function openJabberIds(state: StateStore): Promise<JabberIds> {
  let current = await state.load(JABBER_IDS_DOCUMENT);
  const save = async (next: JabberIdsState): Promise<void> => {
    current = next;
    await state.save(JABBER_IDS_DOCUMENT, next);
  };
  return {
    get: (instance) => current[String(instance)] ?? "",
    async set(instance, jabberId) {
      if (current[String(instance)] !== jabberId) await save({ ...current, [instance]: jabberId });
    },
    async keepOnly(instances) {
      const kept = Object.entries(current).filter(([instance]) => instances.includes(Number(instance)));
      if (kept.length !== Object.keys(current).length) await save(Object.fromEntries(kept));
    },
  };
}

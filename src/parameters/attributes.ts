import { CwmpFault } from "../cwmp/errors.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";
import type { Layout, ParameterRef } from "./layout.ts";

/** 0 off, 1 passive, 2 active (TR-069 A.3.2.4). 3 to 6 belong to Annex M, which is not implemented. */
export type Notification = 0 | 1 | 2;

export interface Attributes {
  readonly notification: Notification;
  readonly accessList: readonly string[];
}

/** One entry of SetParameterAttributes; null leaves that attribute alone. */
export interface AttributeRequest {
  readonly path: string;
  readonly notification: number | null;
  readonly accessList: readonly string[] | null;
}

/** The only entity that the standard names beside the ACS. */
const SUBSCRIBER = "Subscriber";

type AttributesState = Readonly<Record<string, Attributes>>;

const ATTRIBUTES_DOCUMENT: StateDocument<AttributesState> = {
  name: "attributes",
  version: 1,
  empty: () => ({}),
  parse: (raw) => {
    if (typeof raw !== "object" || raw === null) throw new Error("attributes are not an object");
    return Object.fromEntries(Object.entries(raw).map(([path, item]) => [path, parseAttributes(path, item)]));
  },
};

/** Notification and AccessList of one phone's parameters. Sparse: only what differs from the default is kept. */
export interface ParameterAttributesStore {
  get(ref: ParameterRef): Attributes;
  /** All or nothing, in list order, so that a later entry wins (C-151 to C-161). CwmpFault 9003, 9005, 9009. */
  set(requests: readonly AttributeRequest[], layout: Layout): Promise<void>;
  /** Parameters with notification on. */
  watched(layout: Layout): readonly { readonly ref: ParameterRef; readonly notification: Notification }[];
  /** Forgets parameters that are no longer there (C-160). */
  prune(layout: Layout): Promise<void>;
}

export async function openAttributes(state: StateStore): Promise<ParameterAttributesStore> {
  let current: ReadonlyMap<string, Attributes> = new Map(Object.entries(await state.load(ATTRIBUTES_DOCUMENT)));
  const save = async (next: ReadonlyMap<string, Attributes>): Promise<void> => {
    await state.save(ATTRIBUTES_DOCUMENT, Object.fromEntries(next));
    current = next;
  };
  const get = (ref: ParameterRef): Attributes => current.get(ref.path) ?? defaultAttributes(ref);
  return {
    get,
    async set(requests, layout) {
      const next = new Map(current);
      for (const request of requests) {
        for (const ref of layout.find(request.path)) next.set(ref.path, changed(ref, next.get(ref.path), request));
      }
      await save(next);
    },
    watched(layout) {
      const explicit = [...current.keys()].flatMap((path) => layout.get(path) ?? []);
      const forced = layout.refs.filter((ref) => !current.has(ref.path) && defaultAttributes(ref).notification !== 0);
      return [...explicit, ...forced].flatMap((ref) => {
        const { notification } = get(ref);
        return notification === 0 ? [] : [{ ref, notification }];
      });
    },
    async prune(layout) {
      const kept = new Map([...current].filter(([path]) => layout.get(path) !== undefined));
      if (kept.size !== current.size) await save(kept);
    },
  };
}

function changed(ref: ParameterRef, known: Attributes | undefined, request: AttributeRequest): Attributes {
  const before = known ?? defaultAttributes(ref);
  return {
    notification: request.notification === null ? before.notification : allowedNotification(ref, request.notification),
    accessList:
      request.accessList === null ? before.accessList : request.accessList.filter((item) => item === SUBSCRIBER),
  };
}

function allowedNotification({ def, path }: ParameterRef, notification: number): Notification {
  if (notification !== 0 && notification !== 1 && notification !== 2) {
    throw new CwmpFault(9003, `Notification ${notification} for ${path}: 0, 1 and 2 are supported`);
  }
  if (def.notification === "forceEnabled" && notification !== 2) {
    throw new CwmpFault(9009, `${path} always has active notification`);
  }
  if (def.notification === "canDeny" && notification === 2) {
    throw new CwmpFault(9009, `${path} has no active notification`);
  }
  return notification;
}

function defaultAttributes({ def }: ParameterRef): Attributes {
  const forced = def.notification === "forceEnabled" || def.notification === "forceDefaultEnabled";
  return { notification: forced ? 2 : 0, accessList: [SUBSCRIBER] };
}

function parseAttributes(path: string, item: unknown): Attributes {
  const { notification, accessList } = (item ?? {}) as Partial<Attributes>;
  const known = notification === 0 || notification === 1 || notification === 2;
  if (!known || !Array.isArray(accessList)) throw new Error(`attributes of ${path} make no sense`);
  return { notification, accessList: accessList.map(String) };
}

import { CwmpFault } from "../cwmp/errors.ts";
import { type DurableCell, type DurableState, stateDocument } from "../durable/durable-state.ts";
import { listOf, mapOf, oneOf, shape, text } from "../durable/read.ts";
import type { Layout, ParameterRef } from "./layout.ts";
import { hasForcedNotification } from "./layout-tree.ts";

/** 0 off, 1 passive, 2 active (TR-069 A.3.2.4). 3 to 6 are Lightweight Notification, which this phone does not offer. */
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

const ATTRIBUTES_DOCUMENT = stateDocument<AttributesState>(
  "attributes",
  {},
  mapOf(shape<Attributes>({ notification: oneOf([0, 1, 2]), accessList: listOf(text) })),
);

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

export async function openAttributes(state: DurableState): Promise<ParameterAttributesStore> {
  return new AttributesStore(await state.open(ATTRIBUTES_DOCUMENT));
}

class AttributesStore implements ParameterAttributesStore {
  readonly #cell: DurableCell<AttributesState>;

  constructor(cell: DurableCell<AttributesState>) {
    this.#cell = cell;
  }

  get(ref: ParameterRef): Attributes {
    return this.#kept(ref.path) ?? defaultAttributes(ref);
  }

  async set(requests: readonly AttributeRequest[], layout: Layout): Promise<void> {
    await this.#cell.update((now) => {
      const next = new Map(Object.entries(now));
      for (const request of requests) {
        for (const ref of layout.find(request.path)) next.set(ref.path, changed(ref, next.get(ref.path), request));
      }
      return Object.fromEntries(next);
    });
  }

  watched(layout: Layout): readonly { readonly ref: ParameterRef; readonly notification: Notification }[] {
    const explicit = Object.keys(this.#cell.current).flatMap((path) => layout.get(path) ?? []);
    const forced = layout.forcedNotification.filter((ref) => this.#kept(ref.path) === undefined);
    return [...explicit, ...forced].flatMap((ref) => {
      const { notification } = this.get(ref);
      return notification === 0 ? [] : [{ ref, notification }];
    });
  }

  async prune(layout: Layout): Promise<void> {
    await this.#cell.learn((now) =>
      Object.fromEntries(Object.entries(now).filter(([path]) => layout.get(path) !== undefined)),
    );
  }

  #kept(path: string): Attributes | undefined {
    const { current } = this.#cell;
    return Object.hasOwn(current, path) ? current[path] : undefined;
  }
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

function defaultAttributes(ref: ParameterRef): Attributes {
  return { notification: hasForcedNotification(ref) ? 2 : 0, accessList: [SUBSCRIBER] };
}

import {
  type CwmpEvent,
  EVENTS,
  type EventCode,
  type EventRule,
  eventRule,
  isEventCode,
  MAX_EVENTS,
} from "../cwmp/events.ts";
import type { StateDocument, StateStore } from "../ports/state-store.ts";

/**
 * Pending events of one phone (C-086 to C-092). Those that a restart must keep are durable before anyone hears of them; the
 * others, such as a connection request, are never written: the next start would drop them.
 */
export interface EventQueue {
  /** What the next Inform carries: in the order of the event table, 64 at most. */
  pending(): readonly CwmpEvent[];
  readonly isEmpty: boolean;
  add(...events: readonly CwmpEvent[]): Promise<void>;
  /** `0 BOOTSTRAP` drops every other event but the `1 BOOT` of this start (C-091). */
  bootstrap(): Promise<void>;
  /** The response that confirms them has come. Events that an Inform did not carry stay. */
  delivered(events: readonly CwmpEvent[], confirmedBy: EventRule["confirmedBy"]): Promise<void>;
  /** Exactly these transfers are finished and untold: `7 TRANSFER COMPLETE` and an event for each (C-087, C-186). */
  reportTransfers(causes: readonly CwmpEvent[]): Promise<void>;
  /** A failed session: drops what must not be retried (C-223). */
  failed(): Promise<void>;
  /** A reboot: drops what is not kept over one. */
  rebooted(): Promise<void>;
}

const EVENTS_DOCUMENT: StateDocument<readonly CwmpEvent[]> = {
  name: "events",
  version: 1,
  empty: () => [],
  parse: (raw) => {
    if (!Array.isArray(raw)) throw new Error("events are not a list");
    return raw.map((item: unknown) => {
      const { code, commandKey } = (item ?? {}) as { code?: unknown; commandKey?: unknown };
      if (typeof code !== "string" || !isEventCode(code) || typeof commandKey !== "string") {
        throw new Error("an event is unknown");
      }
      return { code, commandKey };
    });
  },
};

const TABLE_ORDER = new Map(Object.keys(EVENTS).map((code, at) => [code, at]));

export async function openEventQueue(state: StateStore): Promise<EventQueue> {
  let events = await state.load(EVENTS_DOCUMENT);
  let queue: Promise<void> = Promise.resolve();
  /** One change after the other. What could not be saved has not happened, so that the caller may try again. */
  const change = (changed: (events: readonly CwmpEvent[]) => readonly CwmpEvent[]): Promise<void> => {
    const done = queue.then(async () => {
      const next = changed(events);
      if (sameEvents(events, next)) return;
      const [kept, keptNext] = [events.filter(outlivesRestart), next.filter(outlivesRestart)];
      if (!sameEvents(kept, keptNext)) await state.save(EVENTS_DOCUMENT, keptNext);
      events = next;
    });
    queue = done.catch(() => {});
    return done;
  };
  const keep = (test: (event: CwmpEvent) => boolean): Promise<void> => change((all) => all.filter(test));
  return {
    pending: () => [...events].sort((a, b) => place(a.code) - place(b.code)).slice(0, MAX_EVENTS),
    get isEmpty() {
      return events.length === 0;
    },
    add: (...added) => change((all) => added.reduce(withEvent, all)),
    bootstrap: () =>
      change((all) => [{ code: "0 BOOTSTRAP", commandKey: "" }, ...all.filter((event) => event.code === "1 BOOT")]),
    delivered: (sent, confirmedBy) =>
      keep((event) => !sent.includes(event) || eventRule(event.code).confirmedBy !== confirmedBy),
    reportTransfers: (causes) =>
      change((all) => {
        const others = all.filter(({ code }) => eventRule(code).confirmedBy !== "TransferCompleteResponse");
        const done: CwmpEvent = { code: "7 TRANSFER COMPLETE", commandKey: "" };
        return causes.length === 0 ? others : [...others, done, ...causes];
      }),
    failed: () => keep((event) => eventRule(event.code).retry !== "never"),
    rebooted: () => keep(outlivesRestart),
  };
}

function outlivesRestart({ code }: CwmpEvent): boolean {
  return eventRule(code).retry === "always";
}

function sameEvents(one: readonly CwmpEvent[], other: readonly CwmpEvent[]): boolean {
  return one.length === other.length && one.every((event, at) => event === other[at]);
}

function withEvent(events: readonly CwmpEvent[], added: CwmpEvent): readonly CwmpEvent[] {
  const known = eventRule(added.code).count === "single" && events.some((event) => event.code === added.code);
  return known ? events : [...events, added];
}

function place(code: EventCode): number {
  return TABLE_ORDER.get(code) ?? 0;
}

import { type CwmpEvent, EVENTS, type EventCode, type EventRule, eventRule } from "../../cwmp/events.ts";
import { type DurableCell, type DurableState, stateDocument } from "../../durable/durable-state.ts";
import { listOf, number, oneOf, shape, text, withDefault } from "../../durable/read.ts";
import { staysWithCause } from "./event-list.ts";

/**
 * Pending events of one phone (C-086 to C-092). Events that must survive a restart are stored before they are
 * reported or, if the disk fails, as soon as it works again: an event has happened whether or not it can be stored.
 * Others, such as a connection request, are never stored: the next start would drop them.
 */
export interface EventQueue {
  /** In the order of the event table; an Inform carries 64 at most (`eventsForInform`). */
  pending(): readonly CwmpEvent[];
  readonly isEmpty: boolean;
  /**
   * For promises: the events are durable when it resolves. AgentError STATE_IO: they could not be stored and are not in
   * the queue.
   */
  add(...events: readonly CwmpEvent[]): Promise<void>;
  /** For things that have happened. Never rejects; neither do the methods below. */
  raise(...events: readonly CwmpEvent[]): Promise<void>;
  /** `0 BOOTSTRAP` drops every other event but the `1 BOOT` of this start (C-091). */
  bootstrap(): Promise<void>;
  /** Called when the response confirms them. Events that the Inform did not carry stay. */
  delivered(events: readonly CwmpEvent[], confirmedBy: EventRule["confirmedBy"]): Promise<void>;
  /** Sets the events of finished, unreported transfers: `7 TRANSFER COMPLETE` and an event for each (C-087, C-186). */
  reportTransfers(causes: readonly CwmpEvent[]): Promise<void>;
  /** After a failed session: drops events that must not be retried (C-223). */
  failed(): Promise<void>;
  /** Before a reboot: drops events that do not survive one. */
  rebooted(): Promise<void>;
}

type Events = readonly CwmpEvent[];

const readCode = oneOf(Object.keys(EVENTS) as EventCode[]);
const readFields = shape({ code: readCode, commandKey: text, cause: withDefault<number | null>(number, null) });

function readEvent(raw: unknown, at: string): CwmpEvent {
  const { cause, ...event } = readFields(raw, at);
  return cause === null ? event : { ...event, cause };
}

const EVENTS_DOCUMENT = stateDocument<Events>("events", [], listOf(readEvent));

const TABLE_ORDER = new Map(Object.keys(EVENTS).map((code, at) => [code, at]));

export async function openEventQueue(state: DurableState): Promise<EventQueue> {
  return new Queue(await state.open(EVENTS_DOCUMENT));
}

class Queue implements EventQueue {
  /** Events that survive a restart. */
  readonly #kept: DurableCell<Events>;
  #others: Events = [];

  constructor(kept: DurableCell<Events>) {
    this.#kept = kept;
  }

  get isEmpty(): boolean {
    return this.#kept.current.length + this.#others.length === 0;
  }

  pending(): Events {
    const all = [...this.#kept.current, ...this.#others];
    return all.sort((a, b) => place(a.code) - place(b.code));
  }

  async add(...added: Events): Promise<void> {
    await this.#kept.update((all) => withEvents(all, added.filter(outlivesRestart)));
    this.#others = withEvents(this.#others, added.filter(isForNow));
  }

  async raise(...added: Events): Promise<void> {
    this.#others = withEvents(this.#others, added.filter(isForNow));
    await this.#kept.learn((all) => withEvents(all, added.filter(outlivesRestart)));
  }

  async bootstrap(): Promise<void> {
    this.#others = this.#others.filter(({ code }) => code === "1 BOOT");
    await this.#kept.learn(() => [{ code: "0 BOOTSTRAP", commandKey: "" }]);
  }

  delivered(sent: Events, confirmedBy: EventRule["confirmedBy"]): Promise<void> {
    const stays = (event: CwmpEvent) => !sent.includes(event) || eventRule(event.code).confirmedBy !== confirmedBy;
    return this.#keep((event) => stays(event) || staysWithCause(event, this.pending().filter(stays)));
  }

  async reportTransfers(causes: Events): Promise<void> {
    const done: CwmpEvent = { code: "7 TRANSFER COMPLETE", commandKey: "" };
    await this.#kept.learn((all) => {
      const others = all.filter(({ code }) => eventRule(code).confirmedBy !== "TransferCompleteResponse");
      return causes.length === 0 ? others : [...others, done, ...causes];
    });
  }

  failed(): Promise<void> {
    return this.#keep((event) => eventRule(event.code).retry !== "never");
  }

  rebooted(): Promise<void> {
    return this.#keep(outlivesRestart);
  }

  async #keep(test: (event: CwmpEvent) => boolean): Promise<void> {
    this.#others = this.#others.filter(test);
    await this.#kept.learn((all) => (all.every(test) ? all : all.filter(test)));
  }
}

function outlivesRestart({ code }: CwmpEvent): boolean {
  return eventRule(code).retry === "always";
}

function isForNow(event: CwmpEvent): boolean {
  return !outlivesRestart(event);
}

function withEvents(events: Events, added: Events): Events {
  return added.reduce(withEvent, events);
}

function withEvent(events: Events, added: CwmpEvent): Events {
  const known = eventRule(added.code).count === "single" && events.some((event) => event.code === added.code);
  return known ? events : [...events, added];
}

function place(code: EventCode): number {
  return TABLE_ORDER.get(code) ?? 0;
}

/** What happened on the wire, as records to draw ladders from: for the trace on disk and the log in memory. */
import { hostInUrl } from "../cwmp/addresses.ts";
import type { WireEvent, WireStart } from "../ports/acs-transport.ts";
import type { TraceRecord } from "../ports/trace.ts";

export type MessageEvent = Extract<WireEvent, { kind: "sent" | "received" }>;
/** The description of a decoded message. */
export type MessageFields = Pick<TraceRecord, "name" | "detail" | "file">;

/** RPC names are shorter; what else calls itself a message is cut. */
export const MAX_NAME = 80;

/** `look` is given each message that has a body; null: it could not be read, and the record says no more than its size. */
export function recordOf(
  session: number,
  at: number,
  event: WireEvent,
  look: (message: MessageEvent, body: string) => MessageFields | null,
  start?: WireStart,
): TraceRecord {
  const fields = isMessage(event) ? messageFields(event, look) : connectionFields(event);
  return { session, at, ...(start === undefined ? {} : startFields(start)), ...fields };
}

function startFields({ at, events, phone }: WireStart): Pick<TraceRecord, "startedAt" | "events" | "phone"> {
  return { startedAt: at, events, ...(phone === undefined ? {} : { phone }) };
}

export function senderOf(event: MessageEvent): "cpe" | "acs" {
  return event.kind === "sent" ? "cpe" : "acs";
}

function isMessage(event: WireEvent): event is MessageEvent {
  return event.kind === "sent" || event.kind === "received";
}

function messageFields(
  event: MessageEvent,
  look: (message: MessageEvent, body: string) => MessageFields | null,
): Omit<TraceRecord, "session" | "at"> {
  return {
    kind: "message",
    from: senderOf(event),
    name: "",
    ...(event.kind === "received" ? { status: event.status } : {}),
    bytes: event.bytes,
    ...(event.body === null ? {} : look(event, event.body)),
  };
}

function connectionFields(event: Exclude<WireEvent, MessageEvent>): Omit<TraceRecord, "session" | "at"> {
  switch (event.kind) {
    case "connected": {
      return { kind: "connected", address: `${hostInUrl(event.address)}:${event.port}` };
    }
    case "secured":
      return { kind: "secured", protocol: event.protocol, cipher: event.cipher };
    case "closed": {
      const { kind, error, ...rest } = event;
      return { kind, ...rest, ...(error === null ? {} : { error }) };
    }
  }
}

import { createSessionLog, type ObservingSessionLog } from "../../src/net/session-log.ts";
import type { MessageDescription, WireEvent } from "../../src/ports/acs-transport.ts";
import { describeMessage } from "../../src/soap/describe.ts";
import { secretMask } from "../../src/soap/mask.ts";
import { silentLogger } from "./silent-logger.ts";

export const SECRET = "Tr0ub4dor";
export const CONNECTED: WireEvent = { kind: "connected", address: "192.0.2.7", port: 7547 };
export const CLOSED: WireEvent = { kind: "closed", error: null };

export function envelope(rpc: string, content = ""): string {
  return (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">' +
    `<soap:Body><cwmp:${rpc}>${content}</cwmp:${rpc}></soap:Body></soap:Envelope>`
  );
}

export function informOf(...codes: readonly string[]): string {
  const events = codes.map((code) => `<EventStruct><EventCode>${code}</EventCode></EventStruct>`);
  return envelope("Inform", `<Event>${events.join("")}</Event>`);
}

/** Parameters with values, of which the first is a secret. */
export function values(count: number): string {
  const struct = (name: string, value: string) =>
    `<ParameterValueStruct><Name>Device.X.${name}</Name><Value>${value}</Value></ParameterValueStruct>`;
  return `<ParameterList>${struct("SIPPassword", SECRET)}${struct("Name", "Zoë").repeat(count - 1)}</ParameterList>`;
}

export function sent(body: string | null): WireEvent {
  return { kind: "sent", body, bytes: Buffer.byteLength(body ?? ""), authorized: false };
}

export function received(
  status: number,
  body: string | null,
  describe: () => MessageDescription | null = () => null,
): WireEvent {
  return { kind: "received", status, body, bytes: Buffer.byteLength(body ?? ""), describe };
}

/** A session as it should be, with what the ACS asks and the phone answers in between. */
export function wholeSession(...exchanges: readonly WireEvent[]): readonly WireEvent[] {
  return [
    CONNECTED,
    sent(informOf("2 PERIODIC")),
    received(200, envelope("InformResponse")),
    sent(null),
    ...exchanges,
    received(204, null),
    CLOSED,
  ];
}

export interface PlayedSessions {
  readonly sessions: ObservingSessionLog;
  /** One event each 10 ms, the first at 2024-05-01T12:00:00Z. */
  play(session: number, events: readonly WireEvent[]): void;
}

/** A session log that hides `SIPPassword`. */
export function createPlayedSessions(): PlayedSessions {
  const sessions = createSessionLog({
    mask: secretMask(new Set(["SIPPassword"])),
    describe: describeMessage,
    log: silentLogger,
  });
  let at = Date.UTC(2024, 4, 1, 12);
  const play = (session: number, events: readonly WireEvent[]): void => {
    for (const event of events) {
      sessions.observe(session, at, event);
      at += 10;
    }
  };
  return { sessions, play };
}

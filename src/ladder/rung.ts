import type { TraceRecord } from "../ports/trace.ts";

/** One record between the lifelines of CPE and ACS: an arrow with text on it, and text below it. */
export interface Rung {
  /** Wall time, milliseconds since 1970. */
  readonly at: number;
  /** `right`: from the CPE to the ACS; `stopped`: in that direction, and it does not get there. */
  readonly direction: "right" | "left" | "both" | "stopped";
  /** `HTTP POST` or `HTTP 200`; empty for what is no message. */
  readonly method: string;
  /** The RPC, or what else happened. */
  readonly name: string;
  /** The ACS's address, the TLS version, the size of the message; may be empty. */
  readonly tail: string;
  /** Event codes, fault codes, a cipher. */
  readonly notes: readonly string[];
  /** Bad records also have BAD_MARK: many people cannot distinguish the colour. */
  readonly tone: "plain" | "quiet" | "good" | "bad";
}

export const BAD_MARK = "✗";

export function rungOf(record: TraceRecord): Rung {
  const base = { at: record.at, direction: "right", method: "", tail: "", notes: [], tone: "quiet" } as const;
  switch (record.kind) {
    case "connected":
      return { ...base, name: "open connection", tail: record.address ?? "" };
    case "secured":
      return {
        ...base,
        direction: "both",
        name: "SSL initiation",
        tail: record.protocol ?? "",
        notes: nonEmpty([record.cipher]),
      };
    case "closed":
      if (record.opened === false) return unopenedRung(record);
      if (record.error === undefined) return { ...base, name: "close connection" };
      return { ...base, name: "close connection", notes: nonEmpty([record.error]), tone: "bad" };
    case "message":
      return messageRung(record);
  }
}

/** A connection that never stood: nobody has closed it. */
function unopenedRung({ at, refused, error, events = [] }: TraceRecord): Rung {
  const name = refused === true ? "connection refused" : "no connection";
  const notes = nonEmpty([events.join(", "), error]);
  return { at, direction: "stopped", method: "", name, tail: "", notes, tone: "bad" };
}

function messageRung(record: TraceRecord): Rung {
  const { at, from = "cpe", status = 0, name = "", detail = "", bytes = 0 } = record;
  return {
    at,
    direction: from === "cpe" ? "right" : "left",
    method: from === "cpe" ? "HTTP POST" : `HTTP ${status}`,
    name: name === "" ? namelessName(status, bytes) : name,
    tail: bytes > 0 ? sizeText(bytes) : "",
    // A fault of SetParameterValues: a line for each parameter.
    notes: nonEmpty(name === "Fault" ? detail.split(", ") : [detail]),
    tone: isFault(record) ? "bad" : toneOf(name, status),
  };
}

function namelessName(status: number, bytes: number): string {
  if (status === 401) return "(credentials required)";
  return bytes === 0 ? "(empty)" : "(not readable)";
}

/** A fault, or the report of a transfer that has failed. */
export function isFault({ name = "", detail = "" }: TraceRecord): boolean {
  return name === "Fault" || (name.endsWith("TransferComplete") && detail.startsWith("fault "));
}

function toneOf(name: string, status: number): Rung["tone"] {
  if (name === "Invalid" || (status >= 400 && status !== 401)) return "bad";
  if (name === "") return "quiet";
  return name === "Inform" ? "good" : "plain";
}

function nonEmpty(texts: readonly (string | undefined)[]): readonly string[] {
  return texts.flatMap((text) => (text === undefined || text.trim() === "" ? [] : [text]));
}

/** What the times of a session's records are counted from, wall time in milliseconds. */
export function startOf([first]: readonly TraceRecord[]): number {
  return first?.startedAt ?? first?.at ?? 0;
}

export function elapsedText(milliseconds: number): string {
  return milliseconds < 10_000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export function sizeText(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}

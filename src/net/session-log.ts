/** The last sessions on the wire, in memory, for display while the agent runs. */
import { messageOf } from "../cwmp/errors.ts";
import type { MessageDescription, WireObserver } from "../ports/acs-transport.ts";
import type { Logger } from "../ports/logger.ts";
import type { SessionLog } from "../ports/session-log.ts";
import type { TraceRecord } from "../ports/trace.ts";
import { createRecording, type Entry, type Envelope, type Recording } from "./recording.ts";
import { MAX_NAME, type MessageEvent, recordOf } from "./wire-records.ts";

export interface SessionLogLimits {
  readonly sessions: number;
  /** Records that are kept of a session's beginning and, where it goes on, of its end. */
  readonly firstRecords: number;
  readonly lastRecords: number;
  /** Of one envelope. */
  readonly envelopeBytes: number;
  /** Of all records and envelopes together. The oldest go. */
  readonly bytes: number;
}

/**
 * It lives on a phone, beside a phone's firmware: 2 MiB are some percent of the memory of node itself. The whole tree in one
 * GetParameterValuesResponse is about 100 kB and fits uncut; an ordinary session of ten messages is about 20 kB, so that all 50 fit.
 */
export const SESSION_LOG_LIMITS: SessionLogLimits = {
  sessions: 50,
  firstRecords: 400,
  lastRecords: 100,
  envelopeBytes: 256 * 1024,
  bytes: 2 * 1024 * 1024,
};

export interface SessionLogOptions {
  /** Takes the secrets out of a message, also of one that is cut off. When it throws, the message is not shown. */
  mask(text: string): string;
  /** Of a masked message, where nobody else can tell what it is. */
  describe(text: string): MessageDescription;
  readonly log: Logger;
  readonly limits?: SessionLogLimits;
}

export interface ObservingSessionLog extends SessionLog {
  /** Never throws. */
  readonly observe: WireObserver;
}

/** What a record takes in memory beside its texts. */
const RECORD_BYTES = 200;
const MAX_DETAIL = 1000;
/** Longer messages are cut off before they are masked. */
const MAX_READ = 1024 * 1024;
/**
 * Longer lists are described by their beginning: reading hundreds of parameters once more, only to count them, costs
 * too much.
 */
const MAX_COUNTED = 4 * 1024;
/** Other messages are read up to this length. */
const MAX_DESCRIBED = 32 * 1024;
const NAME_WINDOW = 4096;

export function createSessionLog(options: SessionLogOptions): ObservingSessionLog {
  return new Log(options);
}

class Log implements ObservingSessionLog {
  readonly #options: SessionLogOptions;
  readonly #limits: SessionLogLimits;
  /** Oldest first, as are the entries that have an envelope. */
  readonly #recordings = new Map<number, Recording>();
  readonly #withEnvelope = new Set<Entry>();
  readonly #listeners = new Set<(record: TraceRecord) => void>();
  #bytes = 0;
  #envelopeBytes = 0;
  #lastForgotten = 0;
  #hasWarned = false;

  constructor(options: SessionLogOptions) {
    this.#options = options;
    this.#limits = options.limits ?? SESSION_LOG_LIMITS;
  }

  readonly observe: WireObserver = (session, at, event, start) => {
    // A connection of a session that is forgotten may still come to its end.
    if (session <= this.#lastForgotten) return;
    let envelope: Envelope | null = null;
    const look = (message: MessageEvent, body: string) =>
      this.#attempt(() => {
        const looked = lookInto(message, body, this.#options, this.#limits.envelopeBytes);
        envelope = looked.envelope;
        return looked.fields;
      });
    const record = recordOf(session, at, event, look, start);
    this.#keep({ record, envelope });
    for (const listener of [...this.#listeners]) this.#attempt(() => listener(record));
  };

  sessions() {
    return [...this.#recordings.values()].map((recording) => recording.view());
  }

  get(session: number) {
    return this.#recordings.get(session)?.view() ?? null;
  }

  envelope(session: number, index: number): string | null {
    const envelope = this.#recordings.get(session)?.at(index)?.envelope ?? null;
    if (envelope === null) return null;
    const text = this.#attempt(() => this.#options.mask(Buffer.from(envelope.text).toString("utf8")));
    if (text === null || envelope.cutBytes === 0) return text;
    return `${text}\n[… ${envelope.cutBytes} more bytes are not kept]`;
  }

  onRecord(listener: (record: TraceRecord) => void) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #keep(entry: Entry): void {
    this.#count(entry, 1);
    if (entry.envelope !== null) this.#withEnvelope.add(entry);
    const pushedOut = this.#recordingOf(entry.record.session).add(entry);
    if (pushedOut !== null) this.#forget(pushedOut);
    while (this.#bytes > this.#limits.bytes && this.#makeRoom());
  }

  #recordingOf(session: number): Recording {
    const { sessions, firstRecords: first, lastRecords: last } = this.#limits;
    const known = this.#recordings.get(session);
    if (known !== undefined) return known;
    const recording = createRecording(session, { first, last });
    this.#recordings.set(session, recording);
    while (this.#recordings.size > sessions && this.#forgetOldestSession());
    return recording;
  }

  /** Envelopes go before records as long as they take the larger half, so that old sessions can still be drawn. */
  #makeRoom(): boolean {
    const [oldest] = this.#withEnvelope;
    const envelopesFirst = this.#envelopeBytes > this.#limits.bytes / 2 || this.#recordings.size < 2;
    if (oldest === undefined || !envelopesFirst) return this.#forgetOldestSession();
    this.#forgetEnvelope(oldest);
    return true;
  }

  #forgetOldestSession(): boolean {
    const [oldest] = this.#recordings;
    if (oldest === undefined || this.#recordings.size < 2) return false;
    const [session, recording] = oldest;
    for (const entry of recording.entries()) this.#forget(entry);
    this.#recordings.delete(session);
    this.#lastForgotten = Math.max(this.#lastForgotten, session);
    return true;
  }

  #forget(entry: Entry): void {
    this.#forgetEnvelope(entry);
    this.#count(entry, -1);
  }

  #forgetEnvelope(entry: Entry): void {
    const size = envelopeSize(entry);
    this.#envelopeBytes -= size;
    this.#bytes -= size;
    entry.envelope = null;
    this.#withEnvelope.delete(entry);
  }

  #count(entry: Entry, sign: 1 | -1): void {
    const envelope = envelopeSize(entry);
    this.#envelopeBytes += sign * envelope;
    this.#bytes += sign * (recordSize(entry.record) + envelope);
  }

  #attempt<T>(run: () => T): T | null {
    try {
      return run();
    } catch (error) {
      if (!this.#hasWarned) {
        this.#options.log.error({ reason: messageOf(error) }, "the sessions that are shown are not complete");
      }
      this.#hasWarned = true;
      return null;
    }
  }
}

function envelopeSize({ envelope }: Entry): number {
  return envelope === null ? 0 : envelope.text.length + RECORD_BYTES;
}

function recordSize(record: TraceRecord): number {
  const { name, detail, error, address, cipher, events = [] } = record;
  const characters = [name, detail, error, address, cipher, ...events].reduce(
    (sum, text) => sum + (text?.length ?? 0),
    0,
  );
  return RECORD_BYTES + 2 * characters;
}

/** The envelope is stored unchanged, and masked when it is viewed. */
function lookInto(event: MessageEvent, body: string, { mask, describe }: SessionLogOptions, maxBytes: number) {
  let masked: string | undefined;
  // A message beyond all measure is cut before: masking covers what a cut leaves in doubt.
  const maskedText = (): string => {
    masked ??= mask(body.length > MAX_READ ? body.slice(0, maxBytes) : body);
    return masked;
  };
  const { name, detail } = event.describe?.() ?? describeText(maskedText(), describe);
  return {
    envelope: envelopeOf(body, maskedText, maxBytes),
    fields: { name: ownText(name, MAX_NAME), ...(detail === "" ? {} : { detail: ownText(detail, MAX_DETAIL) }) },
  };
}

function describeText(masked: string, describe: SessionLogOptions["describe"]): MessageDescription {
  return (masked.length > MAX_COUNTED ? describeStart(masked) : null) ?? describe(masked);
}

/** The RPC, and how many parameters it says that it lists. Null: the whole is to be read, and is not too long for that. */
function describeStart(text: string): MessageDescription | null {
  const start = text.slice(0, NAME_WINDOW);
  const name = /[:<]Body[^<>]{0,200}>\s*<(?:[\w-]{1,40}:)?(\w{1,80})/.exec(start)?.[1] ?? "Invalid";
  const count = /<Parameter(?:List|Names)\s[^<>]{0,200}\[(\d{1,6})\]["']/.exec(start)?.[1];
  const isLong = text.length > MAX_DESCRIBED;
  // An Inform is described by its events, a single parameter by its name.
  if (count !== undefined && (isLong || (name !== "Inform" && count !== "1")))
    return { name, detail: `${count} parameters` };
  return isLong ? { name, detail: "too long to be read" } : null;
}

/** One that is too long is masked before it is cut: a secret cut in half could not be recognized. */
function envelopeOf(body: string, maskedText: () => string, maxBytes: number): Envelope {
  const bodyBytes = Buffer.byteLength(body);
  const text = bodyBytes > maxBytes ? maskedText() : body;
  const bytes = body.length > MAX_READ ? bodyBytes : Buffer.byteLength(text);
  const buffer = Buffer.allocUnsafeSlow(Math.min(bytes, maxBytes));
  // Writes whole characters only.
  const written = buffer.write(text, "utf8");
  return { text: buffer.subarray(0, written), cutBytes: bytes - written };
}

/** A copy: part of a string keeps the whole of it in memory, here a whole message with its secrets. */
function ownText(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return Buffer.from(cut, "utf8").toString("utf8");
}

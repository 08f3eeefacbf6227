import { endOfHead, MAX_BODY_BYTES, MAX_HEAD_BYTES, skipEmptyLines } from "./parse.ts";

/** Cuts the bytes of a connection into messages (RFC 3261 18.3). */
export interface MessageSplitter {
  /** Returns complete messages. A text is the reason why the stream cannot be split: close the connection. */
  push(bytes: Uint8Array): readonly Uint8Array[] | string;
}

/** Two empty lines between messages are a ping, answered with one (RFC 5626 3.5.1). */
const PING_BYTES = 4;

const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t\r]*$/gim;
/** Of a request or a response. */
const START_LINE = /^(?:SIP\/|[^\r\n]{1,8192} SIP\/\d)/i;
const NO_SIP = "the data received is not SIP";
const EMPTY = new Uint8Array();

/** @param pinged called for keep-alives */
export function createMessageSplitter(pinged: () => void = () => {}): MessageSplitter {
  let rest: Uint8Array = EMPTY;
  /** Bytes of empty lines since the last message, or since the last ping. */
  let emptyBytes = 0;

  function skipEmpty(): void {
    const skipped = skipEmptyLines(rest);
    rest = rest.subarray(skipped);
    emptyBytes += skipped;
    for (; emptyBytes >= PING_BYTES; emptyBytes -= PING_BYTES) pinged();
    if (rest.length > 0) emptyBytes = 0;
  }

  return {
    push(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const messages: Uint8Array[] = [];
      for (;;) {
        skipEmpty();
        const length = lengthOf(rest);
        if (typeof length === "string") return length;
        if (length > rest.length) return messages;
        messages.push(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    },
  };
}

/** Bytes of the first message; Infinity while that is not known. A text is the reason why it is invalid. */
function lengthOf(bytes: Uint8Array): number | string {
  const end = endOfStreamHead(bytes);
  if (end === null) return bytes.length > MAX_HEAD_BYTES ? NO_SIP : Number.POSITIVE_INFINITY;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, end.head).toString("latin1");
  const lengths = [...head.matchAll(CONTENT_LENGTH)].map(([, digits]) => Number(digits));
  const [length] = lengths;
  if (!START_LINE.test(head)) return NO_SIP;
  // The start of the next message is unknown: RFC 3261 18.3 requires the header on connections.
  if (length === undefined) return "a message over a connection needs a Content-Length";
  if (new Set(lengths).size > 1) return "a message has two Content-Lengths";
  if (length > MAX_BODY_BYTES || end.head > MAX_HEAD_BYTES) return "a message is too long";
  return end.body + length;
}

/** A stream may stop after any line: only an empty one ends a head. */
function endOfStreamHead(bytes: Uint8Array): ReturnType<typeof endOfHead> {
  const end = endOfHead(bytes, 0);
  return end !== null && end.body > end.head ? end : null;
}

import { endOfHead, MAX_BODY_BYTES, MAX_HEAD_BYTES, skipEmptyLines } from "./parse.ts";

/** Cuts the bytes of a connection into messages (RFC 3261 18.3). */
export interface MessageSplitter {
  /** Messages that are whole now. Null: what comes is no SIP, or beyond the bounds; the connection is to be closed. */
  push(bytes: Uint8Array): readonly Uint8Array[] | null;
}

const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t\r]*$/gim;
const EMPTY = new Uint8Array();

export function createMessageSplitter(): MessageSplitter {
  let rest: Uint8Array = EMPTY;
  return {
    push(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const messages: Uint8Array[] = [];
      for (;;) {
        rest = rest.subarray(skipEmptyLines(rest));
        const length = lengthOf(rest);
        if (length === null) return null;
        if (length > rest.length) return messages;
        messages.push(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    },
  };
}

/** Bytes of the first message; Infinity while that is not known. Null: it cannot become one. */
function lengthOf(bytes: Uint8Array): number | null {
  const end = endOfStreamHead(bytes);
  if (end === null) return bytes.length > MAX_HEAD_BYTES ? null : Number.POSITIVE_INFINITY;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, end.head).toString("latin1");
  const lengths = [...head.matchAll(CONTENT_LENGTH)].map(([, digits]) => Number(digits));
  const [length = Number.NaN] = lengths;
  // Nobody knows where the next message begins: RFC 3261 18.3 wants the header on connections.
  const isUsable = new Set(lengths).size === 1 && length <= MAX_BODY_BYTES && end.head <= MAX_HEAD_BYTES;
  return isUsable ? end.body + length : null;
}

/** A stream may stop after any line: only an empty one ends a head. */
function endOfStreamHead(bytes: Uint8Array): ReturnType<typeof endOfHead> {
  const end = endOfHead(bytes, 0);
  return end !== null && end.body > end.head ? end : null;
}

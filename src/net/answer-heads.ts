/** Stands between a socket and undici: takes out interim answers and makes heads of answers plain, never a byte of a body. */
import type { Socket } from "node:net";
import { AnswerRefused, hasNoBody, readHead, SPEAKS_TLS } from "./lenient-head.ts";

const SWITCHING_PROTOCOLS = 101;
const START = "HTTP/";
const NOTHING: Buffer = Buffer.alloc(0);

/** The kind of the server's next bytes. */
type Part = "head" | "body" | "no body";

export interface AnswerHeads {
  /** A request goes out: what comes next begins an answer. */
  expectHead(): void;
  /** A byte has come since: of an interim answer, or of half a head, undici knows nothing. */
  hasBegun(): boolean;
  /** What undici is to see of these bytes; empty while a head is incomplete. Throws AnswerRefused. */
  take(bytes: Buffer): Buffer;
}

/**
 * undici 7 ends a connection on which `100 Continue` comes unasked, and its parser refuses heads that RFC 9112 has a client
 * take; a client must take any 1xx (RFC 9110 15.2). A head of more than `maxBytes` goes to undici as it is, which refuses it.
 */
export function createAnswerHeads(maxBytes: number): AnswerHeads {
  let part: Part = "head";
  let pending = NOTHING;
  let begun = false;
  /** Takes the whole heads off the front of `pending`; what is left is for undici, or incomplete. */
  const takeHeads = (): Buffer => {
    for (;;) {
      pending = withoutLineEnds(pending);
      if (isTlsRecord(pending)) throw new AnswerRefused(SPEAKS_TLS);
      const end = startsLikeHttp(pending) ? endOfHead(pending) : 0;
      if (end === null && pending.length <= maxBytes) return NOTHING;
      if (end === null || end === 0) return pass("body", pending);
      const raw = pending.subarray(0, end);
      const { status, rewritten } = readHead(raw.toString("latin1"));
      pending = pending.subarray(end);
      if (status === SWITCHING_PROTOCOLS)
        throw new AnswerRefused("it switches to another protocol without being asked");
      if (status < 200) continue;
      const head = rewritten === null ? raw : Buffer.from(rewritten, "latin1");
      if (hasNoBody(status)) return pass("no body", head);
      return pass("body", pending.length === 0 ? head : Buffer.concat([head, pending]));
    }
  };
  const pass = (next: Part, bytes: Buffer): Buffer => {
    part = next;
    pending = NOTHING;
    return bytes;
  };
  return {
    expectHead() {
      part = "head";
      pending = NOTHING;
      begun = false;
    },
    hasBegun: () => begun,
    take(bytes) {
      begun = true;
      if (part === "body") return bytes;
      // A server that sends a body where there is none to be.
      if (part === "no body") return NOTHING;
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      return pending.length === 0 ? NOTHING : takeHeads();
    },
  };
}

/** Returns them to the socket for its reader. */
export function readAnswerHeads(socket: Socket, maxBytes: number): AnswerHeads {
  const heads = createAnswerHeads(maxBytes);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): unknown => {
    try {
      for (;;) {
        const bytes: unknown = read(size);
        if (!Buffer.isBuffer(bytes)) return bytes;
        const taken = heads.take(bytes);
        if (taken.length > 0) return taken;
      }
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
      return null;
    }
  };
  return heads;
}

/** Line ends before a status line are let pass, as those behind a body that was counted wrong. */
function withoutLineEnds(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes[start] === 0x0d || bytes[start] === 0x0a) start++;
  return bytes.subarray(start);
}

/** An alert or a handshake: such a server takes our request for a broken greeting. */
function isTlsRecord(bytes: Buffer): boolean {
  return (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03;
}

/** Or may still do so. */
function startsLikeHttp(bytes: Buffer): boolean {
  const start = bytes.toString("latin1", 0, START.length);
  return START.startsWith(start);
}

/** Behind the first empty line, whose lines may end in LF alone; null: it has not come. */
function endOfHead(bytes: Buffer): number | null {
  for (let at = bytes.indexOf("\n"); at !== -1; at = bytes.indexOf("\n", at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return null;
}

import { headerName } from "./header-names.ts";
import { NO_BODY, type SipHeader, type SipMessage } from "./message.ts";

/** Limits of a message: a larger one is dropped, not answered with 513. */
export const MAX_HEAD_BYTES = 32_768;
export const MAX_BODY_BYTES = 65_536;
const MAX_HEADERS = 256;

const METHOD = /^([!%'*+\-.0-9A-Z_`a-z~]{1,64})[ \t]/;
const VERSION = /^SIP\/\d{1,9}\.\d{1,9}$/i;
const STATUS_LINE = /^SIP\/2\.0[ \t]+([1-6]\d\d)(?:[ \t]+(.*))?$/i;
const HEADER_NAME = /^[!%'*+\-.0-9A-Z_`a-z~]{1,128}[ \t]*$/;

/**
 * Reads a datagram, or a message that `createMessageSplitter` has cut from a stream. Null: no SIP message, or one beyond the bounds.
 *
 * Lenient where others are careless: empty lines in front, LF for CRLF, folded lines, compact names, white space before the
 * colon and at line ends. What is wrong beyond that is the message's `fault`.
 */
export function parseMessage(bytes: Uint8Array): SipMessage | null {
  const start = skipEmptyLines(bytes);
  const end = endOfHead(bytes, start);
  if (end === null || end.head - start > MAX_HEAD_BYTES) return null;
  const [first = "", ...lines] = unfolded(textOf(bytes.subarray(start, end.head)));
  if (lines.length > MAX_HEADERS) return null;
  const found = readHeaders(lines);
  const body = readBody(bytes.subarray(end.body), found.headers);
  if (body.bytes.length > MAX_BODY_BYTES) return null;
  const parts = { headers: found.headers, body: body.bytes, fault: found.fault ?? body.fault };
  const status = STATUS_LINE.exec(first);
  if (status !== null) {
    return { kind: "response", status: Number(status[1]), reason: (status[2] ?? "").trim(), ...parts };
  }
  const line = readRequestLine(first.trimEnd());
  return line === null ? null : { kind: "request", ...line, ...parts, size: bytes.length };
}

/** White space within the URI is kept, and refused when the request is answered. */
function readRequestLine(line: string) {
  const method = METHOD.exec(line)?.[1];
  const version = line.slice(Math.max(line.lastIndexOf(" "), line.lastIndexOf("\t")) + 1);
  if (method === undefined || !VERSION.test(version)) return null;
  return { method, uri: line.slice(method.length, -version.length).trim(), version };
}

/** Where the head ends and where the body begins; null: the head has no end. A datagram may lack the empty line. */
export function endOfHead(bytes: Uint8Array, start: number): { readonly head: number; readonly body: number } | null {
  for (let at = bytes.indexOf(LF, start); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return { head: at + 1, body: at + 2 };
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return { head: at + 1, body: at + 3 };
  }
  return bytes.at(-1) === LF ? { head: bytes.length, body: bytes.length } : null;
}

const CR = 0x0d;
const LF = 0x0a;

/** RFC 3261 7.5: empty lines before the start line are ignored. */
export function skipEmptyLines(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at++;
  return at;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** A line that begins with white space goes on with the one before (RFC 3261 7.3.1). */
function unfolded(head: string): string[] {
  return head
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)
    .filter((line, index) => index === 0 || line !== "");
}

function readHeaders(lines: readonly string[]) {
  const headers: SipHeader[] = [];
  let fault: string | null = null;
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (HEADER_NAME.test(name)) headers.push({ name: headerName(name.trimEnd()), value: line.slice(colon + 1).trim() });
    else fault = "a header line cannot be read";
  }
  return { headers, fault };
}

/** A body longer than it says is cut, a shorter one is a fault (RFC 3261 18.3). */
function readBody(rest: Uint8Array, headers: readonly SipHeader[]) {
  const stated = headers.filter(({ name }) => name === "Content-Length").map(({ value }) => value);
  if (stated.length === 0) return { bytes: rest, fault: null };
  const [text = ""] = stated;
  if (new Set(stated).size > 1) return { bytes: NO_BODY, fault: "Content-Length is there twice" };
  if (!/^\d{1,9}$/.test(text)) return { bytes: NO_BODY, fault: "Content-Length must be a number" };
  if (Number(text) > rest.length) return { bytes: rest, fault: "the body is shorter than Content-Length" };
  return { bytes: rest.subarray(0, Number(text)), fault: null };
}

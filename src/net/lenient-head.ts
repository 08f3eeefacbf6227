/** What an HTTP/1 server may write before the body of its answer, as undici's parser, which is strict, takes it. */

/** The answer cannot be taken, and why, after who answers. */
export class AnswerRefused extends Error {
  override readonly name = "AnswerRefused";
}

export const NOT_HTTP = "it does not answer in HTTP/1.1";
export const SPEAKS_TLS = "it answers in TLS: check the port in its URL, and whether that is to begin with https://";

export interface Head {
  readonly status: number;
  /** From the status line to the empty line; null: as it came. */
  readonly rewritten: string | null;
}

/** Status line and header lines to which nothing need be done: most there are. */
const PLAIN = /^HTTP\/1\.[01] [0-9]{3}(?: [^\r\n\0]*)?\r\n(?:[\w!#$%&'*+.^`|~-]+:[^\r\n\0]*\r\n)*\r\n$/;
/** Those that say how long the body is; several contradict each other, or seem to. */
const FRAMING = /^(?:content-length|transfer-encoding):/gim;
const USUAL_FRAMING = /^(?:content-length: ?[0-9]{1,15}|transfer-encoding: ?chunked)\r$/im;
const LENGTH_ZERO = /^content-length: ?0\r$/im;
const STATUS_LINE = /^HTTP\/1\.([0-9])[ \t]+([0-9]{3})(?:[ \t]+(.*))?$/;
const HEADER_LINE = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:[ \t]*(.*)$/;

/** Statuses whose answers have no body, whatever their headers say (RFC 9112 6.3). */
export function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/**
 * Reads a head, from the first character of the status line to the empty line. What RFC 9112 has a client take, or what it may
 * take and only one meaning is possible, is rewritten: folded lines (5.2), line ends without CR and CR without LF (2.2), blanks
 * before the colon (5.1), a Content-Length given twice with one value (6.3), one beside Transfer-Encoding, which then has no
 * meaning (6.3), HTTP/1.2 and later (2.3), and lines that are no header. Throws AnswerRefused.
 */
export function readHead(text: string): Head {
  if (PLAIN.test(text)) {
    const status = Number(text.slice(9, 12));
    const framing = text.match(FRAMING)?.length ?? 0;
    if (framing === 0) return { status, rewritten: null };
    const usual = hasNoBody(status) ? LENGTH_ZERO : USUAL_FRAMING;
    if (framing === 1 && usual.test(text)) return { status, rewritten: null };
  }
  return rewrite(text);
}

function rewrite(text: string): Head {
  const [first = "", ...lines] = text.split(/\r?\n/).map((line) => line.replace(/[\r\0]/g, " "));
  const line = STATUS_LINE.exec(first);
  if (line === null) throw new AnswerRefused(NOT_HTTP);
  const [, minor, digits, reason = ""] = line;
  const status = Number(digits);
  const headers = framed(unfolded(lines).flatMap(headerOf), status);
  const content = headers.map(({ name, value }) => `${name}: ${value}\r\n`).join("");
  return { status, rewritten: `HTTP/1.${minor === "0" ? 0 : 1} ${digits} ${reason}\r\n${content}\r\n` };
}

interface Header {
  readonly name: string;
  readonly value: string;
}

/** A line that starts with a blank goes on with the one before it; before the first header it means nothing (RFC 9112 2.2). */
function unfolded(lines: readonly string[]): readonly string[] {
  const whole: string[] = [];
  for (const line of lines) {
    if (!/^[ \t]/.test(line)) whole.push(line);
    else if (whole.length > 0) whole.push(`${whole.pop()} ${line.trim()}`);
  }
  return whole;
}

function headerOf(line: string): readonly Header[] {
  const [, name, value] = HEADER_LINE.exec(line) ?? [];
  return name === undefined || value === undefined ? [] : [{ name, value: value.trim() }];
}

/** With one statement at most on how long the body is. */
function framed(headers: readonly Header[], status: number): readonly Header[] {
  const named = (name: string) => headers.filter((header) => header.name.toLowerCase() === name);
  const others = headers.filter(({ name }) => !/^(?:content-length|transfer-encoding)$/i.test(name));
  if (hasNoBody(status)) return others;
  const codings = named("transfer-encoding").flatMap(({ value }) => items(value));
  // `identity` is of HTTP/1.1's first edition and means: none.
  const coding = codings.filter((one) => one.toLowerCase() !== "identity").join(", ");
  if (coding !== "") return [...others, { name: "Transfer-Encoding", value: coding }];
  const lengths = new Set(named("content-length").flatMap(({ value }) => items(value)));
  const [length] = lengths;
  if (length === undefined) return others;
  if (lengths.size > 1) throw new AnswerRefused("its answer has two Content-Lengths that differ");
  if (!/^[0-9]{1,15}$/.test(length)) throw new AnswerRefused("its answer has a Content-Length that is not a number");
  return [...others, { name: "Content-Length", value: length }];
}

function items(value: string): readonly string[] {
  return value.split(",").map((item) => item.trim());
}

/** One header field. The name is in the form that RFC 3261 gives it, whatever form it came in; unknown ones are as they came. */
export interface SipHeader {
  readonly name: string;
  readonly value: string;
}

interface MessageParts {
  readonly headers: readonly SipHeader[];
  readonly body: Uint8Array;
  /** What is wrong with the head or the body, although the message can be answered; null: nothing. */
  readonly fault: string | null;
}

export interface SipRequest extends MessageParts {
  readonly kind: "request";
  readonly method: string;
  readonly uri: string;
  /** `SIP/2.0`, in whatever case it came. */
  readonly version: string;
  /** Bytes that came. */
  readonly size: number;
}

export interface SipResponse extends MessageParts {
  readonly kind: "response";
  /** 100 to 699. */
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

export const NO_BODY = new Uint8Array();

/** The first value of a header; undefined where it is missing. Lists are not split. */
export function headerOf({ headers }: MessageParts, name: string): string | undefined {
  return headers.find((header) => header.name === name)?.value;
}

/** Every line of a header, in order. Lists are not split. */
export function headersOf({ headers }: MessageParts, name: string): readonly string[] {
  return headers.filter((header) => header.name === name).map(({ value }) => value);
}

/** Every value of a header that is a list, over all its lines (RFC 3261 7.3.1). */
export function listOf(message: MessageParts, name: string): readonly string[] {
  return headersOf(message, name).flatMap(splitList);
}

/** Splits at commas outside quotes and angle brackets. Empty items are left out. Linear in the length. */
export function splitList(text: string): readonly string[] {
  return splitOutside(text, ",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** Splits at a character outside quoted strings and angle brackets. */
export function splitOutside(text: string, separator: string): readonly string[] {
  if (!text.includes(separator)) return [text];
  const items: string[] = [];
  let [start, quoted, bracketed] = [0, false, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "<") bracketed = true;
    else if (character === ">") bracketed = false;
    else if (character === separator && !bracketed) {
      items.push(text.slice(start, at));
      start = at + 1;
    }
  }
  items.push(text.slice(start));
  return items;
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

const MAX_CSEQ = 2 ** 31 - 1;

/** Null for a missing or invalid one (RFC 3261 8.1.1.5). */
export function cseqOf(message: MessageParts): CSeq | null {
  const [, digits = "", method = ""] = /^(\d{1,10})[ \t]+(\S+)$/.exec(headerOf(message, "CSeq") ?? "") ?? [];
  const number = Number(digits);
  return method === "" || number > MAX_CSEQ ? null : { number, method };
}

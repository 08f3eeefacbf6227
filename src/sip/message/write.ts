import type { SipHeader, SipMessage } from "./message.ts";

type Unwritten<T> = T extends SipMessage ? Omit<T, "fault" | "version" | "size"> : never;
/** A message to be sent: what a parsed one has, less what only reading tells. */
export type OutgoingMessage = Unwritten<SipMessage>;

/** A message as it goes out: long names, one header a line, CRLF, Content-Length last. */
export function writeMessage(message: OutgoingMessage): Uint8Array {
  const first =
    message.kind === "request"
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  const lines = message.headers.filter(({ name }) => name !== "Content-Length").map(headerLine);
  const head = `${oneLine(first)}\r\n${lines.join("")}Content-Length: ${message.body.length}\r\n\r\n`;
  return message.body.length === 0
    ? Buffer.from(head, "utf8")
    : Buffer.concat([Buffer.from(head, "utf8"), message.body]);
}

function headerLine({ name, value }: SipHeader): string {
  return `${name}: ${oneLine(value)}\r\n`;
}

/** A setting or a peer's text must not begin a header line of its own. */
function oneLine(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replace(/[\r\n\0]+/g, " ") : text;
}

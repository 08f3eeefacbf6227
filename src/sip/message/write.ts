import type { SipMessage } from "./message.ts";

type Unwritten<T> = T extends SipMessage ? Omit<T, "fault" | "version" | "size"> : never;
/** A message to send: like a parsed one, without the fields that only parsing sets. */
export type OutgoingMessage = Unwritten<SipMessage>;

/** A message as it goes out: long names, one header a line, CRLF, Content-Length last. */
export function writeMessage(message: OutgoingMessage): Uint8Array {
  const first =
    message.kind === "request"
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  let head = `${oneLine(first)}\r\n`;
  for (const { name, value } of message.headers) {
    if (name !== "Content-Length") head += `${name}: ${oneLine(value)}\r\n`;
  }
  const bytes = Buffer.from(`${head}Content-Length: ${message.body.length}\r\n\r\n`, "utf8");
  return message.body.length === 0 ? bytes : Buffer.concat([bytes, message.body]);
}

/** A setting or a peer's text must not begin a header line of its own. */
function oneLine(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replace(/[\r\n\0]+/g, " ") : text;
}

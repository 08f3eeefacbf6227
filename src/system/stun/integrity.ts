import { createHmac } from "node:crypto";
import { ATTRIBUTE, encodeMessage, HEADER_BYTES, type StunMessage } from "./message.ts";

/** RFC 3489 fills the signed text with zeros to a multiple of 64 bytes; RFC 5389 does not. Servers differ (C-234). */
export const INTEGRITY_PADDINGS = ["rfc3489", "rfc5389"] as const;
export type IntegrityPadding = (typeof INTEGRITY_PADDINGS)[number];

const HMAC_BYTES = 20;
const ATTRIBUTE_BYTES = 24;
const BLOCK_BYTES = 64;

/** The message with MESSAGE-INTEGRITY as its last attribute (RFC 3489 11.2.8). */
export function encodeSigned(message: StunMessage, password: string, padding: IntegrityPadding): Buffer {
  const room = { type: ATTRIBUTE.messageIntegrity, value: Buffer.alloc(HMAC_BYTES) };
  const bytes = encodeMessage({ ...message, attributes: [...message.attributes, room] });
  bytes.set(hmac(bytes, password, padding), bytes.length - HMAC_BYTES);
  return bytes;
}

/** Over everything before the attribute; the header's length already includes the attribute. */
function hmac(bytes: Uint8Array, password: string, padding: IntegrityPadding): Buffer {
  const text = bytes.subarray(0, Math.max(HEADER_BYTES, bytes.length - ATTRIBUTE_BYTES));
  const filling = padding === "rfc3489" ? (BLOCK_BYTES - (text.length % BLOCK_BYTES)) % BLOCK_BYTES : 0;
  return createHmac("sha1", password).update(text).update(Buffer.alloc(filling)).digest();
}

/** The frame of STUN messages (RFC 3489 11.1, 11.2): header and attributes, byte for byte. */

export const BINDING_REQUEST = 0x0001;
export const BINDING_RESPONSE = 0x0101;
export const BINDING_ERROR = 0x0111;

export const ATTRIBUTE = {
  mappedAddress: 0x0001,
  responseAddress: 0x0002,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  xorMappedAddress: 0x0020,
  /** TR-069 Annex G: marks requests from the port on which connection requests are received. */
  connectionRequestBinding: 0xc001,
  /** TR-069 Annex G: the binding has changed since the last request. */
  bindingChange: 0xc002,
} as const;

export interface StunAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface StunMessage {
  readonly type: number;
  readonly transactionId: Uint8Array;
  readonly attributes: readonly StunAttribute[];
}

export const HEADER_BYTES = 20;
export const TRANSACTION_ID_BYTES = 16;
const ATTRIBUTE_HEAD_BYTES = 4;
/** Far more than any answer needs (C-283). */
const MAX_MESSAGE_BYTES = 2048;

/** Values are filled up with zeros to a multiple of four, which their length counts (RFC 3489 11.2). */
export function encodeMessage({ type, transactionId, attributes }: StunMessage): Buffer {
  const body = Buffer.concat(attributes.map(encodeAttribute));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length, 2);
  header.set(transactionId.subarray(0, TRANSACTION_ID_BYTES), 4);
  return Buffer.concat([header, body]);
}

function encodeAttribute({ type, value }: StunAttribute): Buffer {
  const bytes = Buffer.alloc(ATTRIBUTE_HEAD_BYTES + aligned(value.length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(bytes.length - ATTRIBUTE_HEAD_BYTES, 2);
  bytes.set(value, ATTRIBUTE_HEAD_BYTES);
  return bytes;
}

/** Null for what is no STUN message. A length that does not count its filling (RFC 5389) is understood too. */
export function decodeMessage(datagram: Uint8Array): StunMessage | null {
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_MESSAGE_BYTES) return null;
  const type = bytes.readUInt16BE(0);
  if (type >= 0x4000 || bytes.readUInt16BE(2) !== bytes.length - HEADER_BYTES) return null;
  const attributes = decodeAttributes(bytes);
  return attributes && { type, transactionId: bytes.subarray(4, HEADER_BYTES), attributes };
}

function decodeAttributes(bytes: Buffer): StunAttribute[] | null {
  const attributes: StunAttribute[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    if (at + ATTRIBUTE_HEAD_BYTES > bytes.length) return null;
    const type = bytes.readUInt16BE(at);
    const length = bytes.readUInt16BE(at + 2);
    const begin = at + ATTRIBUTE_HEAD_BYTES;
    at = begin + aligned(length);
    if (at > bytes.length) return null;
    attributes.push({ type, value: bytes.subarray(begin, begin + length) });
  }
  return attributes;
}

export function attributeOf({ attributes }: StunMessage, type: number): Uint8Array | undefined {
  return attributes.find((attribute) => attribute.type === type)?.value;
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}

export interface SntpReply {
  /** Milliseconds since 1970, of era 0 or 1. */
  readonly receivedAt: number;
  readonly sentAt: number;
  readonly stratum?: number;
  readonly leap?: number;
  readonly version?: number;
  readonly mode?: number;
  /** Kiss-o'-death with this code. */
  readonly kiss?: string;
}

/** What a time server answers to a request with these bytes as its transmit timestamp; shares no code with what it tests. */
export function sntpReply(origin: Uint8Array, reply: SntpReply): Buffer {
  const { receivedAt, sentAt, leap = 0, version = 4, mode = 4, kiss } = reply;
  const bytes = Buffer.alloc(48);
  bytes[0] = leap * 64 + version * 8 + mode;
  bytes[1] = kiss === undefined ? (reply.stratum ?? 2) : 0;
  bytes.write(kiss ?? "GPS\0", 12, 4, "latin1");
  bytes.set(origin, 24);
  bytes.writeBigUInt64BE(timestamp(receivedAt), 32);
  bytes.writeBigUInt64BE(timestamp(sentAt), 40);
  return bytes;
}

const BEFORE_1970 = 2_208_988_800n;

function timestamp(ms: number): bigint {
  const whole = BigInt(Math.floor(ms));
  return BigInt.asUintN(64, (whole * 2n ** 32n) / 1000n + BEFORE_1970 * 2n ** 32n) + 1n;
}

import type { Random } from "../ports/random.ts";

/** Unguessable hexadecimal digits, two for each byte. */
export function randomToken(random: Random, bytes: number): string {
  const { buffer, byteOffset, length } = random.bytes(bytes);
  return Buffer.from(buffer, byteOffset, length).toString("hex");
}

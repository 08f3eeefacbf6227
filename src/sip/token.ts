import type { Random } from "../ports/random.ts";

/** Hexadecimal digits, two for each byte, that nobody can guess. */
export function randomToken(random: Random, bytes: number): string {
  const { buffer, byteOffset, length } = random.bytes(bytes);
  return Buffer.from(buffer, byteOffset, length).toString("hex");
}

/** Creates certificates, which Node's own crypto can only read. Import it on demand: nothing else needs the library. */
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
// The X.509 library asks for this polyfill to be loaded before it.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Random } from "../../ports/random.ts";

export { x509 };
export const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

/** 16 random bytes; the first bit is 0 so that the number is positive and has no needless zero in front. */
export function serialNumber(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  const lines = der.match(/.{1,64}/g) ?? [];
  return `${["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----"].join("\n")}\n`;
}

export function pem(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** @param names host names and IP addresses. */
export function alternativeNames(names: readonly string[]): x509.Extension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((name) => ({ type: isIP(name) === 0 ? ("dns" as const) : ("ip" as const), value: name })),
  );
}

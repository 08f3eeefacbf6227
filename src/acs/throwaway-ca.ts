/**
 * A certificate authority for a lab: made anew each time, good for 30 days, trusted by whoever is given its `ca.pem`.
 * Import this module only when it is used: it loads a library that nothing else needs.
 */
import { webcrypto } from "node:crypto";
import { constants } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
// The X.509 library asks for this polyfill to be loaded before it.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { makeFolder } from "../system/durable-folder.ts";
import { openPlain } from "../system/safe-file.ts";

export interface ThrowawayCa {
  /** Certificate of the authority: what a phone must trust (`tls.ca`). PEM, as all of these. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const HOUR_MS = 3_600_000;
const LIFE_MS = 30 * 24 * HOUR_MS;
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/**
 * An authority and one server certificate of it. The authority's own key is forgotten, so that it can sign nothing else.
 *
 * @param names host names and IP addresses that the ACS is reached by.
 */
export async function createThrowawayCa(
  names: readonly string[],
  ports: { readonly clock: Clock; readonly random: Random },
): Promise<ThrowawayCa> {
  const authority = await newKeys();
  const server = await newKeys();
  const validity = {
    // A phone's clock may be a little behind.
    notBefore: new Date(ports.clock.now() - HOUR_MS),
    notAfter: new Date(ports.clock.now() + LIFE_MS),
    signingAlgorithm: KEY_ALGORITHM,
  };
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      serialNumber: serialNumber(ports.random),
      name: "CN=akuvox-cpe throwaway CA",
      keys: authority,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(authority.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const cert = await x509.X509CertificateGenerator.create(
    {
      ...validity,
      serialNumber: serialNumber(ports.random),
      subject: "CN=akuvox-cpe embedded ACS",
      issuer: ca.subject,
      publicKey: server.publicKey,
      signingKey: authority.privateKey,
      extensions: await serverExtensions(names, authority.publicKey),
    },
    webcrypto,
  );
  return { ca: pem(ca.toString("pem")), cert: pem(cert.toString("pem")), key: await privateKeyPem(server.privateKey) };
}

/** Writes `ca.pem`, `acs.pem` and `acs.key` (mode 0600) into `folder`, made when it is missing, and answers their paths. */
export async function writeThrowawayCa(
  ca: ThrowawayCa,
  folder: string,
): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> {
  await makeFolder(folder, { mode: 0o700 });
  const paths = { ca: join(folder, "ca.pem"), cert: join(folder, "acs.pem"), key: join(folder, "acs.key") };
  await writeSecret(paths.ca, ca.ca);
  await writeSecret(paths.cert, ca.cert);
  await writeSecret(paths.key, ca.key);
  return paths;
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
}

async function serverExtensions(names: readonly string[], authority: webcrypto.CryptoKey): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(
      names.map((name) => ({ type: isIP(name) === 0 ? ("dns" as const) : ("ip" as const), value: name })),
    ),
    await x509.AuthorityKeyIdentifierExtension.create(authority, false, webcrypto),
  ];
}

/** 16 random bytes; the first bit is 0 so that the number is positive and has no needless zero in front. */
function serialNumber(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  const lines = der.match(/.{1,64}/g) ?? [];
  return `${["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----"].join("\n")}\n`;
}

function pem(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

async function writeSecret(path: string, text: string): Promise<void> {
  const file = await openPlain(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

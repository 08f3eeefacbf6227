/**
 * A certificate authority for a lab: made each time, good for 30 days, trusted by whoever is given its `ca.pem`.
 * Import this module only when it is used: it loads a library that nothing else needs.
 */
import { webcrypto } from "node:crypto";
import { constants } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { makeFolder } from "../durable-folder.ts";
import { openPlain } from "../safe-file.ts";
import { alternativeNames, KEY_ALGORITHM, newKeys, pem, privateKeyPem, serialNumber, x509 } from "./x509.ts";

export interface ThrowawayCa {
  /** Certificate of the authority: what a phone must trust (`tls.ca`). PEM, as all of these. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const HOUR_MS = 3_600_000;
const LIFE_MS = 30 * 24 * HOUR_MS;

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

async function serverExtensions(names: readonly string[], authority: webcrypto.CryptoKey): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    alternativeNames(names),
    await x509.AuthorityKeyIdentifierExtension.create(authority, false, webcrypto),
  ];
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

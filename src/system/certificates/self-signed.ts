/** A self-signed certificate: clients compare its fingerprint. */
import { webcrypto } from "node:crypto";
import type { Random } from "../../ports/random.ts";
import { alternativeNames, KEY_ALGORITHM, newKeys, pem, privateKeyPem, serialNumber, x509 } from "./x509.ts";

/** PEM texts. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
}

/**
 * For a device, whose clock may be wrong and whose fingerprint is to stay: valid from 2000 on and without a known end
 * (RFC 5280 4.1.2.5).
 *
 * @param names host names and IP addresses that it is reached by.
 */
export async function createSelfSigned(names: readonly string[], random: Random): Promise<SelfSigned> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(random),
      name: "CN=akuvox-cpe web page",
      notBefore: new Date(Date.UTC(2000, 0, 1)),
      notAfter: new Date(Date.UTC(9999, 11, 31, 23, 59, 59)),
      signingAlgorithm: KEY_ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        alternativeNames(names),
      ],
    },
    webcrypto,
  );
  return { certificate: pem(certificate.toString("pem")), key: await privateKeyPem(keys.privateKey) };
}

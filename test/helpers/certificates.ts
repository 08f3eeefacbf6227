import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

export interface Certificate {
  /** PEM, as the key. */
  readonly cert: string;
  readonly key: string;
}

export interface TestCa {
  /** PEM of the authority: what a client must trust. */
  readonly ca: string;
  /** A certificate for host names and IP addresses, signed by the authority. `use` is `server` unless given. */
  issue(
    names: readonly string[],
    options?: {
      readonly use?: "server" | "client";
      readonly expired?: boolean;
      readonly notYetValid?: boolean;
      readonly rsaBits?: number;
    },
  ): Promise<Certificate>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const LONG_AGO = new Date("2020-01-01T00:00:00Z");
const EXPIRED = new Date("2021-01-01T00:00:00Z");
const NOT_YET = new Date("2110-01-01T00:00:00Z");
const FAR_AWAY = new Date("2120-01-01T00:00:00Z");

/** A certificate authority for one test file. */
export async function createTestCa(): Promise<TestCa> {
  const keys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name: "CN=Test CA",
      notBefore: LONG_AGO,
      notAfter: FAR_AWAY,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    },
    webcrypto,
  );
  let issued = 1;
  return {
    ca: authority.toString("pem"),
    async issue(names, options = {}) {
      const own = await newKeys(options.rsaBits);
      const use = options.use === "client" ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
      const certificate = await x509.X509CertificateGenerator.create(
        {
          serialNumber: (++issued).toString(16).padStart(2, "0"),
          subject: `CN=Test ${issued}`,
          issuer: authority.subject,
          notBefore: options.notYetValid === true ? NOT_YET : LONG_AGO,
          notAfter: options.expired === true ? EXPIRED : FAR_AWAY,
          signingAlgorithm: ALGORITHM,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          extensions: [new x509.ExtendedKeyUsageExtension([use]), alternativeNames(names)],
        },
        webcrypto,
      );
      return { cert: certificate.toString("pem"), key: await keyPem(own.privateKey) };
    },
  };
}

/** @param rsaBits length of an RSA key; left out: one of an elliptic curve */
async function newKeys(rsaBits?: number): Promise<webcrypto.CryptoKeyPair> {
  if (rsaBits !== undefined) {
    const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: rsaBits };
    const algorithm = { ...rsa, publicExponent: new Uint8Array([1, 0, 1]) };
    return await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  }
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function alternativeNames(names: readonly string[]): x509.SubjectAlternativeNameExtension {
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value })),
  );
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return ["-----BEGIN PRIVATE KEY-----", ...(base64.match(/.{1,64}/g) ?? []), "-----END PRIVATE KEY-----", ""].join(
    "\n",
  );
}

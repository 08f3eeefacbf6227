/** The certificate that the web page makes for itself, kept in the state folder so that its fingerprint stays. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import { isInMemory } from "../config/load-config.ts";
import { AgentError, messageOf } from "../cwmp/errors.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import type { SelfSigned } from "../system/certificates/self-signed.ts";
import { hasCode } from "../system/io-errors.ts";
import { readPlain } from "../system/safe-file.ts";
import type { LocalInterfaceParts } from "./local-interfaces.ts";

/** Certificate and key in one file: there is never one without the other. */
export const WEB_CERTIFICATE_FILE = "web-certificate.pem";

/** The one of an earlier start, or a new one. Throws AgentError where what is kept cannot be used, or kept. */
export async function ownWebCertificate({
  config,
  random,
  log,
}: Pick<LocalInterfaceParts, "config" | "random" | "log">) {
  const file = isInMemory(config) ? null : join(config.stateFolder, WEB_CERTIFICATE_FILE);
  const kept = file === null ? null : await readKept(file);
  if (kept !== null) return kept;
  const { createSelfSigned } = await import("../system/certificates/self-signed.ts");
  const names = new Set(["localhost", "127.0.0.1", hostname().toLowerCase(), config.web.address]);
  const made = await createSelfSigned([...names], random);
  if (file === null) return made;
  await writeFileAtomic(file, `${made.certificate}${made.key}`, { mode: 0o600 }).catch((cause: unknown) => {
    throw new AgentError("STATE_IO", `web.selfSigned: cannot keep ${file}: ${messageOf(cause)}`, { cause });
  });
  log.info({ file }, "A certificate was made for the web page");
  return made;
}

/** SHA-256 over the certificate, as browsers show it: `AB:CD:…`. */
export function fingerprintOf(certificate: string): string {
  return new X509Certificate(certificate).fingerprint256;
}

async function readKept(file: string): Promise<SelfSigned | null> {
  try {
    const text = (await readPlain(file)).toString("utf8");
    const [certificate = ""] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n?/.exec(text) ?? [];
    const [key = ""] = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----\n?/.exec(text) ?? [];
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)))
      throw new Error("the key does not match the certificate");
    return { certificate, key };
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return null;
    // Not renewed automatically: users who trust its fingerprint must be informed.
    const message = `web.selfSigned: cannot use ${file}: ${messageOf(cause)}. Remove it to have a new certificate made`;
    throw new AgentError("CONFIG", message, { cause });
  }
}

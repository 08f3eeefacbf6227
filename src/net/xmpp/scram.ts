import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/** The maximum that a server may request: it determines the computing time. */
const MAX_ITERATIONS = 1_000_000;
const NONCE_BYTES = 18;
const DIGEST = "sha1";
const DIGEST_BYTES = 20;
const HEADER = "n,,";

const derive = promisify(pbkdf2);

/**
 * SCRAM-SHA-1 (RFC 5802) by `pbkdf2`: the web crypto, called once per iteration, takes seconds
 * where this takes milliseconds.
 */
export class ScramSha1 {
  readonly #nonce = randomBytes(NONCE_BYTES).toString("base64");
  #first = "";
  #challenge: string | null = null;

  async response({ username, password }: { readonly username: string; readonly password: string }): Promise<string> {
    if (this.#challenge === null) {
      this.#first = `n=${username.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${this.#nonce}`;
      return HEADER + this.#first;
    }
    const { r = "", s = "", i = "" } = attributesOf(this.#challenge);
    const iterations = Number(i);
    if (!r.startsWith(this.#nonce) || !(iterations >= 1 && iterations <= MAX_ITERATIONS))
      throw new Error("the server's SCRAM challenge is invalid");
    const salted = await derive(password.normalize("NFKC"), Buffer.from(s, "base64"), iterations, DIGEST_BYTES, DIGEST);
    const withoutProof = `c=${Buffer.from(HEADER).toString("base64")},r=${r}`;
    const message = `${this.#first},${this.#challenge},${withoutProof}`;
    const clientKey = hmac(salted, "Client Key");
    const signature = hmac(createHash(DIGEST).update(clientKey).digest(), message);
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
    return `${withoutProof},p=${Buffer.from(proof).toString("base64")}`;
  }

  challenge(text: string): void {
    this.#challenge = text;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac(DIGEST, key).update(text, "utf8").digest();
}

/** `r=…,s=…,i=…` */
function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));
}

import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { ScramSha1 } from "../../../src/net/xmpp/scram.ts";

const ACCOUNT = { username: "a=b,c", password: "pencil" };

/** What a server does (RFC 5802 3): whether the proof is right. */
function accepts(first: string, challenge: string, last: string, password: string): boolean {
  const [, salt = "", count = ""] = /s=([^,]+),i=(\d+)/.exec(challenge) ?? [];
  const [withoutProof = "", proof = ""] = last.split(",p=");
  const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(count), 20, "sha1");
  const key = createHmac("sha1", salted).update("Client Key").digest();
  const stored = createHash("sha1").update(key).digest();
  const signature = createHmac("sha1", stored)
    .update(`${first.slice(3)},${challenge},${withoutProof}`)
    .digest();
  return Buffer.from(key.map((byte, at) => byte ^ (signature[at] ?? 0))).toString("base64") === proof;
}

test("a server that knows the password accepts the proof, another one does not", async () => {
  const mechanism = new ScramSha1();
  const first = await mechanism.response(ACCOUNT);
  assert.match(first, /^n,,n=a=3Db=2Cc,r=[\w+/]{24}$/);
  const challenge = `r=${first.split("r=")[1]}ofServer,s=QSXCR+Q6sek8bf92,i=4096`;
  mechanism.challenge(challenge);
  const last = await mechanism.response(ACCOUNT);
  assert.equal(accepts(first, challenge, last, "pencil"), true);
  assert.equal(accepts(first, challenge, last, "pencils"), false);
});

for (const [what, challenge] of [
  ["another nonce", "r=else,s=QSXCR+Q6sek8bf92,i=4096"],
  ["no count", "r=NONCE1,s=QSXCR+Q6sek8bf92"],
  ["a count that takes hours", "r=NONCE1,s=QSXCR+Q6sek8bf92,i=999999999999"],
] as const) {
  test(`a challenge with ${what} is refused`, async () => {
    const mechanism = new ScramSha1();
    const first = await mechanism.response(ACCOUNT);
    mechanism.challenge(challenge.replace("NONCE", first.split("r=")[1] ?? ""));
    await assert.rejects(async () => await mechanism.response(ACCOUNT), /is invalid/);
  });
}

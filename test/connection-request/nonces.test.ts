import assert from "node:assert/strict";
import test from "node:test";
import { createNonces } from "../../src/connection-request/nonces.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

test("C-285 nonces of one moment have no byte in common by rule, and none shows the time", async () => {
  const time = createFakeTime({ inMemory: true });
  const nonces = createNonces(time.clock, seededRandom());
  await time.advance(0x0a0b0c0d);
  const issued = Array.from({ length: 64 }, () => Buffer.from(nonces.issue("token"), "base64url"));
  for (let at = 0; at < 32; at++) {
    assert.ok(new Set(issued.map((nonce) => nonce[at])).size > 32, `byte ${at} varies`);
  }
  assert.ok(issued.every((nonce) => !nonce.includes(Buffer.from("0a0b0c0d", "hex"))));
  assert.equal(nonces.issuedMs("token", issued[0]?.toString("base64url") ?? ""), 0x0a0b0c0d);
  assert.equal(nonces.issuedMs("other", issued[0]?.toString("base64url") ?? ""), null);
});

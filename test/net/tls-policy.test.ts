import assert from "node:assert/strict";
import { test } from "node:test";
import { createSecureContext } from "node:tls";
import { TLS_POLICY } from "../../src/system/tls-policy.ts";
import { createTestCa } from "../helpers/certificates.ts";
import { httpAnswer, startRawAcs } from "../helpers/raw-acs.ts";
import { agentError, openSession } from "../helpers/transport.ts";

const ca = await createTestCa();
const ANY = "DEFAULT:@SECLEVEL=0";

async function post(rsaBits: number, server: { readonly ciphers: string; readonly maxVersion?: "TLSv1.2" }) {
  const acs = await startRawAcs(() => httpAnswer(204), { ...(await ca.issue(["127.0.0.1"], { rsaBits })), ...server });
  const session = openSession(acs.origin, { tls: { ca: ca.ca, minVersion: "TLSv1.2" } });
  try {
    return (await session.connection.post(null)).status;
  } finally {
    await session.connection.close();
    await acs.close();
  }
}

test("C-284 an ACS with an RSA key of 2048 bits is talked to, one with 1024 is not", async () => {
  assert.equal(await post(2048, { ciphers: ANY }), 204);
  for (const version of [{}, { maxVersion: "TLSv1.2" as const }])
    await assert.rejects(post(1024, { ciphers: ANY, ...version }), agentError("ACS_TLS", /below 2048 bits/));
});

test("C-284 an ACS that speaks static RSA alone is refused", async () => {
  const maxVersion = "TLSv1.2";
  assert.equal(await post(2048, { ciphers: "ECDHE-RSA-AES128-GCM-SHA256", maxVersion }), 204);
  for (const ciphers of ["AES128-GCM-SHA256", "AES256-SHA"])
    await assert.rejects(post(2048, { ciphers: `${ciphers}:@SECLEVEL=0`, maxVersion }), agentError("ACS_TLS"));
});

test("our own certificates of 1024 bits are refused at the start", async () => {
  const { cert, key } = await ca.issue(["127.0.0.1"], { rsaBits: 1024 });
  assert.throws(() => createSecureContext({ ...TLS_POLICY, cert, key }), /too small/);
});

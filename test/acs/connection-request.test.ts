import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { ANY_DEVICE } from "../../src/acs/acs.ts";
import { requestConnection } from "../../src/acs/connection-request.ts";
import { startAcs } from "../helpers/acs-under-test.ts";
import { answerChallenge, readChallenge } from "../helpers/digest-client.ts";
import { answerTo, informEnvelope, TEST_DEVICE_ID } from "../helpers/scripted-cpe.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

const CREDENTIALS = { username: "acs", password: "knock" };

/** A phone's connection-request port that lets in whoever knows the credentials, and counts its connections. */
async function startPhonePort(t: TestContext, challenges: readonly string[]) {
  const sockets = new Set<Socket>();
  const authorizations: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    sockets.add(request.socket);
    const { authorization } = request.headers;
    if (authorization !== undefined) authorizations.push(authorization);
    const cnonce = /cnonce="([^"]*)"/.exec(authorization ?? "")?.[1] ?? "";
    const good = challenges.some((line) => {
      const challenge = readChallenge(line);
      const expected = answerChallenge({ ...CREDENTIALS, uri: request.url ?? "", challenge, cnonce });
      const response = /response="([^"]*)"/.exec(expected)?.[1] ?? "";
      return authorization?.includes(`response="${response}"`);
    });
    response.writeHead(good ? 200 : 401, good ? {} : { "www-authenticate": [...challenges] });
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/path?x=1`, sockets, authorizations };
}

const MD5 = 'Digest realm="r", qop="auth", nonce="n1", algorithm=MD5';
const SHA256 = 'Digest realm="r", qop="auth", nonce="n1", algorithm=SHA-256';

for (const [name, challenges, chosen] of [
  ["MD5 alone", [MD5], "MD5"],
  ["both", [MD5, SHA256], "SHA-256"],
] as const) {
  test(`C-226 a phone that offers ${name} gets ${chosen}, on one connection`, async (t) => {
    const phone = await startPhonePort(t, challenges);
    assert.equal(await requestConnection(phone.url, CREDENTIALS, seededRandom()), 200);
    assert.equal(phone.sockets.size, 1);
    assert.match(phone.authorizations.join(), new RegExp(`algorithm=${chosen}(,|$)`));
  });
}

test("wrong credentials end with the phone's 401, after one try", async (t) => {
  const phone = await startPhonePort(t, [MD5]);
  assert.equal(await requestConnection(phone.url, { ...CREDENTIALS, password: "x" }, seededRandom()), 401);
  assert.equal(phone.authorizations.length, 1);
});

test("a phone that wants Basic is not told the password", async (t) => {
  const phone = await startPhonePort(t, ['Basic realm="r"']);
  assert.equal(await requestConnection(phone.url, CREDENTIALS, seededRandom()), 401);
  assert.deepEqual(phone.authorizations, []);
});

test("a phone that is not there, or whose URL is none, is UNREACHABLE", async () => {
  await assert.rejects(requestConnection("http://127.0.0.1:1/", CREDENTIALS, seededRandom()), { code: "UNREACHABLE" });
  await assert.rejects(requestConnection("https://127.0.0.1/", CREDENTIALS, seededRandom()), { code: "UNREACHABLE" });
});

test("the ACS knows the URL from the Inform and the credentials from what it has set", async (t) => {
  const phone = await startPhonePort(t, [SHA256]);
  const { acs, cpe, events } = await startAcs(t);
  await assert.rejects(acs.connectionRequest(TEST_DEVICE_ID), { code: "UNKNOWN_DEVICE" });
  const prefix = "Device.ManagementServer.ConnectionRequest";
  void acs.enqueue(ANY_DEVICE, {
    name: "SetParameterValues",
    args: {
      parameterKey: "",
      parameterList: [
        { name: `${prefix}Username`, value: CREDENTIALS.username, type: "string" },
        { name: `${prefix}Password`, value: CREDENTIALS.password, type: "string" },
      ],
    },
  });
  const client = cpe();
  await client.post(informEnvelope({ parameters: [{ name: `${prefix}URL`, value: phone.url, type: "string" }] }));
  assert.equal(await acs.connectionRequest(TEST_DEVICE_ID), 401);
  await client.post(answerTo(await client.post(null), "SetParameterValues", { status: 0 }));
  assert.equal(await acs.connectionRequest(TEST_DEVICE_ID), 200);
  assert.equal(await acs.connectionRequest(TEST_DEVICE_ID, { username: "acs", password: "wrong" }), 401);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "connection-request" ? [event.status] : [])),
    [401, 200, 401],
  );
});

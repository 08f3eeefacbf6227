import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { createTestCa } from "../helpers/certificates.ts";
import { httpAnswer, type RawAcs, startRawAcs } from "../helpers/raw-acs.ts";
import { agentError, openSession, until } from "../helpers/transport.ts";

const ca = await createTestCa();
const trusting = { ca: ca.ca, minVersion: "TLSv1.2" } as const;
const server = await ca.issue(["127.0.0.1", "localhost"]);

/** An https ACS that answers 204 to everything. */
function startTlsAcs(options: Parameters<typeof startRawAcs>[1] = server): Promise<RawAcs> {
  return startRawAcs(() => httpAnswer(204), options);
}

async function post(url: string, options: Parameters<typeof openSession>[1]): Promise<ReturnType<typeof openSession>> {
  const session = openSession(url, options);
  try {
    await session.connection.post("<Inform/>");
  } finally {
    await session.connection.close();
  }
  return session;
}

test("C-030 C-031 an https ACS is verified by IP address and by name, and the observer sees protocol and cipher", async () => {
  const acs = await startTlsAcs();
  const { events } = await post(acs.origin, { tls: trusting });
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["connected", "secured", "sent", "received", "closed"],
  );
  assert.match(JSON.stringify(events[1]), /"protocol":"TLSv1\.3","cipher":"TLS_/);
  await post(acs.origin.replace("127.0.0.1", "localhost"), { tls: trusting });
  assert.equal(acs.requests.length, 2);
  await acs.close();
});

const expired = await ca.issue(["127.0.0.1"], { expired: true });
const early = await ca.issue(["127.0.0.1"], { notYetValid: true });
const elsewhere = await ca.issue(["acs.example", "10.0.0.1"]);
const stranger = await createTestCa();
const strangers = await stranger.issue(["127.0.0.1"]);
const selfSigned = { cert: ca.ca, key: server.key };

for (const { what, tls, trusts, message } of [
  { what: "expired", tls: expired, trusts: ca.ca, message: /expired.*clock/ },
  { what: "not valid yet", tls: early, trusts: ca.ca, message: /not valid yet.*clock/ },
  { what: "for other hosts", tls: elsewhere, trusts: ca.ca, message: /other names.*acs\.example.*in its URL/ },
  { what: "from an unknown CA", tls: strangers, trusts: ca.ca, message: /tls\.ca/ },
  { what: "not from a public CA", tls: server, trusts: undefined, message: /tls\.ca/ },
]) {
  test(`C-031 C-284 a certificate that is ${what} is refused and no byte of the Inform goes out`, async (t) => {
    const acs = await startTlsAcs(tls);
    t.after(() => acs.close());
    const options = trusts === undefined ? { minVersion: "TLSv1.2" as const } : { ...trusting, ca: trusts };
    const { connection, events } = openSession(acs.origin, { tls: options });
    await assert.rejects(connection.post("<Inform/>"), agentError("ACS_TLS", message));
    await connection.close();
    assert.equal(acs.requests.length, 0);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["closed"],
    );
    await until(() => acs.open() === 0);
  });
}

test("C-284 NODE_TLS_REJECT_UNAUTHORIZED does not turn the check off", async () => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  const acs = await startTlsAcs(strangers);
  await assert.rejects(post(acs.origin, { tls: trusting }), agentError("ACS_TLS"));
  if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  assert.equal(acs.requests.length, 0);
  await acs.close();
});

test("an ACS below the minimum TLS version is refused", async () => {
  const acs = await startTlsAcs({ ...server, maxVersion: "TLSv1.2" });
  await assert.rejects(
    post(acs.origin, { tls: { ...trusting, minVersion: "TLSv1.3" } }),
    agentError("ACS_TLS", /tls\.minVersion/),
  );
  await acs.close();
});

test("an ACS that wants a client certificate gets it, and without one no request gets through", async () => {
  const phone = await ca.issue(["phone"], { use: "client" });
  const acs = await startTlsAcs({ ...server, ca: ca.ca, requestCert: true, rejectUnauthorized: true });
  await post(acs.origin, { tls: { ...trusting, ...phone } });
  assert.equal(acs.requests.length, 1);
  await assert.rejects(post(acs.origin, { tls: trusting }));
  assert.equal(acs.requests.length, 1);
  await acs.close();
});

test("C-020 a redirect may lead from http to https and back, and the certificate is checked against the new host", async () => {
  const back = await startRawAcs(() => httpAnswer(204));
  const secure = await startRawAcs(() => httpAnswer(307, "", `Location: ${back.origin}/c`), server);
  const plain = await startRawAcs(() => httpAnswer(302, "", `Location: ${secure.origin}/b`));
  await post(plain.origin, { tls: trusting });
  assert.equal(back.requests[0]?.body.toString(), "<Inform/>");
  const wrong = await startTlsAcs(elsewhere);
  const toWrong = await startRawAcs(() => httpAnswer(302, "", `Location: ${wrong.origin}/b`));
  await assert.rejects(post(toWrong.origin, { tls: trusting }), agentError("ACS_TLS", /other names/));
  assert.equal(wrong.requests.length, 0);
  await Promise.all([back, secure, plain, wrong, toWrong].map((acs) => acs.close()));
});

test("https to an http port says that this is no TLS", async () => {
  const acs = await startRawAcs(() => null);
  const raw = createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
  const address = raw.address();
  const port = typeof address === "object" ? address?.port : 0;
  await assert.rejects(post(`https://127.0.0.1:${port}/`, { tls: trusting }), agentError("ACS_TLS", /http:\/\//));
  raw.close();
  await acs.close();
});

test("settings that hold no usable certificate or key are refused at once", () => {
  for (const tls of [
    { ca: "not a certificate" },
    { ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
    { cert: server.cert, key: strangers.key },
    selfSigned,
  ]) {
    assert.throws(
      () => openSession("https://acs.example", { tls: { minVersion: "TLSv1.2", ...tls } }),
      (error) => agentError("CONFIG", /tls\.ca, tls\.cert or tls\.key/)(error),
    );
  }
});

test("C-012 a port where nothing listens is named with its host, without the query", async () => {
  const acs = await startRawAcs(() => null);
  await acs.close();
  await assert.rejects(
    post(`${acs.origin}/?key=1`, {}),
    agentError("ACS_UNREACHABLE", /127\.0\.0\.1:\d+: nothing listens/),
  );
});

test("C-012 a TLS handshake that never ends is given up after the connection time", async () => {
  const acs = await startRawAcs(() => null);
  const { connection, time, events } = openSession(acs.origin.replace("http:", "https:"), { tls: trusting });
  const outcome = assert.rejects(connection.post(null), agentError("ACS_TIMEOUT", /no connection within 30 s/));
  await until(() => acs.open() === 1);
  await time.advance(30_000);
  await outcome;
  await connection.close();
  assert.match(JSON.stringify(events), /^\[\{"kind":"closed".*no connection within 30 s/);
  assert.deepEqual(time.pendingTimers(), []);
  await acs.close();
});

test("an abort during the TLS handshake ends it at once", async () => {
  const acs = await startRawAcs(() => null);
  const { connection, abort, time } = openSession(acs.origin.replace("http:", "https:"), { tls: trusting });
  const outcome = assert.rejects(connection.post(null), agentError("SESSION_ABORTED"));
  await until(() => acs.open() === 1);
  abort();
  await outcome;
  await until(() => acs.open() === 0);
  assert.deepEqual(time.pendingTimers(), []);
  await acs.close();
});

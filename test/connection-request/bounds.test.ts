import assert from "node:assert/strict";
import test from "node:test";
import type { AttemptPolicy } from "../../src/system/failed-attempts.ts";
import { holdOpen } from "../helpers/hold-open.ts";
import { authenticate, startPhone, TOKEN } from "./fixture.ts";

const PATH = `/${TOKEN}`;
const NO_LIMIT: AttemptPolicy = { free: 1e9, firstWaitMs: 0, maxWaitMs: 0, whole: { count: 1e9, eachMs: 1 } };

test("C-283 headers above the limit end with 431 and the daemon lives on", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  client.write(`GET ${PATH} HTTP/1.1\r\nHost: phone\r\nX-Long: ${"x".repeat(9000)}\r\n\r\n`);
  assert.equal((await client.response()).status, 431);
  await client.closed();
  assert.equal((await authenticate(await connect())).status, 200);
  assert.equal(endpoint.count, 1);
});

test("C-283 a request line above the limit is refused, too", async (t) => {
  const { connect } = await startPhone(t);
  const client = await connect();
  client.write(`GET /${"a".repeat(9000)} HTTP/1.1\r\n\r\n`);
  assert.equal((await client.response()).status, 431);
  await client.closed();
});

for (const [name, text] of [
  ["headers that never end", `GET ${PATH} HTTP/1.1\r\nHost: phone\r\nX-Slow: `],
  ["connections that say nothing", ""],
] as const) {
  test(`C-283 ${name} end after the time limit, with 408`, async (t) => {
    const { connect } = await startPhone(t, { limits: { headersTimeoutMs: 50, requestTimeoutMs: 50 } });
    const client = await connect();
    client.write(text);
    assert.match(await client.closed(), /^HTTP\/1\.1 408 /);
    // A machine that stalls may be late itself.
    let { status } = await (await connect()).get(PATH);
    while (status === 408) ({ status } = await (await connect()).get(PATH));
    assert.equal(status, 401);
  });
}

test("C-283 a body that never ends is given up, and was answered at once", async (t) => {
  const { connect } = await startPhone(t, { limits: { headersTimeoutMs: 50, requestTimeoutMs: 50 } });
  for (let status = 408; status === 408; ) {
    const client = await connect();
    client.write(`GET ${PATH} HTTP/1.1\r\nHost: phone\r\nContent-Length: 100\r\n\r\nsome`);
    // A machine that stalls may be late itself.
    ({ status } = await client.response());
    assert.ok(status === 401 || status === 408, String(status));
    await client.closed();
  }
});

test("C-218 C-283 a body above the limit cuts the connection", { timeout: 600_000 }, async (t) => {
  const { connect } = await startPhone(t, { limits: { bodyBytes: 1000, requestTimeoutMs: 3_600_000 } });
  const client = await connect();
  client.write(`GET ${PATH} HTTP/1.1\r\nHost: phone\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${"x".repeat(1001)}`);
  await client.closed();
  const within = await connect();
  within.write(`GET ${PATH} HTTP/1.1\r\nHost: phone\r\nContent-Length: 1000\r\n\r\n${"x".repeat(1000)}`);
  assert.equal((await within.response()).status, 401);
  assert.equal((await authenticate(within)).status, 200);
});

test("C-283 what is not HTTP is answered with 400", async (t) => {
  const { connect } = await startPhone(t);
  const client = await connect();
  client.write("\u0016\u0003\u0001 this is TLS, or so\r\n\r\n");
  assert.match(await client.closed(), /^HTTP\/1\.1 400 /);
});

test("C-283 above the limit the oldest connection that has not logged in is closed, and one that has stays", async (t) => {
  const { connect, log } = await startPhone(t, { limits: { connections: { total: 3, perSource: 2 } } });
  const first = await connect();
  assert.equal((await authenticate(first)).status, 200);
  const second = await connect();
  assert.equal((await second.get(PATH)).status, 401);
  const third = await connect();
  assert.equal((await third.get(PATH)).status, 401);
  assert.equal(await second.closed(), "");
  assert.match(log.text(), /too many connections/);
  assert.equal((await first.get(PATH)).status, 401, "still open");
});

test("C-283 400 idle connections of one address, and as many slow bodies, shut nobody else out", async (t) => {
  const { connect, port } = await startPhone(t);
  const slow = `GET ${PATH} HTTP/1.1\r\nHost: phone\r\nContent-Length: 60000\r\n\r\nx`;
  for (const text of ["", slow]) {
    await holdOpen(t, { port, from: "127.0.0.66", count: 400, text });
    assert.equal((await authenticate(await connect())).status, 200);
  }
});

test("C-283 one connection carries a bounded number of requests", async (t) => {
  const { connect } = await startPhone(t, { limits: { requestsPerConnection: 2 } });
  const client = await connect();
  assert.equal((await client.get(PATH)).header("connection"), "keep-alive");
  assert.equal((await client.get(PATH)).header("connection"), "close");
  assert.equal((await client.get(PATH)).status, 503, "who goes on all the same is sent away");
});

test("C-283 a connection left idle after its answer is closed", async (t) => {
  const { connect } = await startPhone(t, { limits: { keepAliveTimeoutMs: 20 } });
  const client = await connect();
  assert.equal((await client.get(PATH)).status, 401);
  assert.equal(await client.closed(), "");
});

test("C-283 a flood of 2,000 bad requests leaves two log lines, and the ACS still gets in", async (t) => {
  const { connect, endpoint, log, time } = await startPhone(t, { attempts: NO_LIMIT });
  const one = async (index: number): Promise<void> => {
    const client = await connect();
    for (let count = 0; count < 10; count++) await sendBad(client.get, index + count);
    client.destroy();
  };
  for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 20 }, (_, index) => one(index)));
  assert.equal((await authenticate(await connect())).status, 200);
  assert.equal(endpoint.count, 1);
  assert.equal(log.at("warn").length, 1);
  await time.advance(60_000);
  assert.equal(log.at("warn").length, 2);
  const refused = log.at("warn")[1]?.fields.refused as Record<string, number>;
  assert.equal(refused["no such path"], 1000);
  assert.equal(refused["wrong credentials"], 999, "all but the one that was told at once");
});

async function sendBad(
  get: (target: string, headers?: Readonly<Record<string, string>>) => Promise<{ readonly status: number }>,
  index: number,
): Promise<void> {
  const bad = index % 2 === 0 ? get(PATH, { Authorization: 'Digest username="acs", nonce="x"' }) : get(`/${index}`);
  assert.equal((await bad).status, index % 2 === 0 ? 401 : 404);
}

test("C-215 C-283 guesses get slow, and the ACS at another address of the same source gets in all the same", async (t) => {
  const results: string[] = [];
  const meter = { connectionRequest: (_transport: string, result: string) => void results.push(result) };
  const { connect, endpoint, time, port } = await startPhone(t, { meter });
  const guess = `GET ${PATH} HTTP/1.1\r\nHost: phone\r\nAuthorization: Digest username="acs", nonce="x"\r\n\r\n`;
  await holdOpen(t, { port, from: "127.0.0.66", count: 30, text: guess });
  const answered = authenticate(await connect());
  assert.equal((await time.runUntil(answered)).status, 200);
  assert.equal(endpoint.count, 1);
  const looked = results.filter((result) => result === "unauthorized").length;
  assert.ok(looked <= 10 + time.clock.monotonic() / 1000, `${looked} guesses in ${time.clock.monotonic()} ms`);
});

import assert from "node:assert/strict";
import { request } from "node:http";
import test from "node:test";
import { createConnectionRequestServer } from "../../src/connection-request/server.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { connectRaw } from "../helpers/raw-http.ts";
import { answer, authenticate, CREDENTIALS, RATES, startPhone, TOKEN, testEndpoint } from "./fixture.ts";

test("C-210 a GET with the right answer is accepted, with MD5 and with SHA-256", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  for (const algorithm of ["MD5", "SHA-256"]) {
    const client = await connect();
    const challenged = await client.get(`/${TOKEN}`);
    const line = challenged.headerLines("www-authenticate").find((text) => text.endsWith(`algorithm=${algorithm}`));
    assert.ok(line, `${algorithm} is offered`);
    assert.equal((await client.get(`/${TOKEN}`, { Authorization: answer(line) })).status, 200);
  }
  assert.equal(endpoint.count, 2);
});

test("C-211 C-213 another path is 404, and nothing follows from it", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  for (const target of [
    "/",
    "/other",
    `/${TOKEN}/`,
    `/${TOKEN}x`,
    `//${TOKEN}`,
    `/${TOKEN.toUpperCase()}`,
    "/%2e%2e/",
  ]) {
    const response = await client.get(target);
    assert.equal(response.status, 404, target);
    assert.equal(response.header("www-authenticate"), undefined, target);
  }
  assert.equal(endpoint.count, 0);
});

test("the path of a URL that a person has set leads to the phone as well as its own", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  endpoint.cpeUrlNow = "https://phones.example:8443/lab one/?x=1";
  const client = await connect();
  for (const target of ["/lab%20one/?x=1", "/lab%20one/", `/${TOKEN}`])
    assert.equal((await authenticate(client, { target })).status, 200, target);
  for (const target of ["/lab%20one", "/lab", "/"]) assert.equal((await client.get(target)).status, 404, target);
  endpoint.cpeUrlNow = "http://phones.example:7547";
  assert.equal((await authenticate(client, { target: "/" })).status, 200);
  endpoint.cpeUrlNow = null;
  for (const target of ["/", "/lab%20one/"]) assert.equal((await client.get(target)).status, 404, target);
  assert.equal(endpoint.count, 4);
});

test("a proxy may change the path: the answer then names that of the URL, and no other one", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  endpoint.cpeUrlNow = `http://proxy.example/phones/${TOKEN}`;
  const client = await connect();
  const throughProxy = async (uri: string): Promise<number> => {
    const challenged = await client.get(`/${TOKEN}`);
    const Authorization = answer(challenged.header("www-authenticate") ?? "", { uri });
    return (await client.get(`/${TOKEN}`, { Authorization })).status;
  };
  assert.equal(await throughProxy(`/phones/${TOKEN}`), 200);
  assert.equal(await throughProxy(`/other/${TOKEN}`), 401);
  endpoint.cpeUrlNow = null;
  assert.equal(await throughProxy(`/phones/${TOKEN}`), 401);
});

test("a path that two phones of one port have been given leads to neither", async (t) => {
  const { connect, server, endpoint } = await startPhone(t);
  const other = testEndpoint("other");
  await server.listen(other);
  endpoint.cpeUrlNow = other.cpeUrlNow = "http://phones.example/same";
  const client = await connect();
  assert.equal((await client.get("/same")).status, 404);
  other.cpeUrlNow = `http://phones.example/${TOKEN}`;
  assert.equal((await authenticate(client, { target: "/same" })).status, 200);
  assert.deepEqual([(await authenticate(client)).status, endpoint.count, other.count], [200, 2, 0]);
});

test("C-211 another method is 405 on any path, so that it tells nothing about the path", async (t) => {
  const { port } = await startPhone(t);
  const answers = [];
  for (const target of [`/${TOKEN}`, "/other"]) {
    for (const method of ["POST", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
      const client = await connectRaw(port);
      client.write(`${method} ${target} HTTP/1.1\r\nHost: phone\r\nContent-Length: 0\r\n\r\n`);
      const response = await client.response();
      answers.push(`${response.status} ${response.header("allow")}`);
      client.destroy();
    }
  }
  assert.deepEqual(new Set(answers), new Set(["405 GET"]));
});

test("C-214 the answer to a challenge may come over another connection", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const line = (await (await connect()).get(`/${TOKEN}`)).header("www-authenticate") ?? "";
  const response = await (await connect()).get(`/${TOKEN}`, { Authorization: answer(line) });
  assert.equal(response.status, 200);
  assert.equal(endpoint.count, 1);
});

test("C-217 C-222 the 200 is empty and has left before the request is told, once", async (t) => {
  const { connect, endpoint, server } = await startPhone(t);
  // Closing cuts what has not been sent: the client gets its 200 only when that was out already.
  const closed = new Promise<void>((resolve) => {
    endpoint.onRequested = () => resolve(server.close());
  });
  const client = await connect();
  const response = await authenticate(client);
  assert.equal(response.statusLine, "HTTP/1.1 200 OK");
  assert.equal(response.header("content-length"), "0");
  await closed;
  assert.equal(await client.closed(), "");
  assert.equal(endpoint.count, 1);
});

test("C-218 a body and query arguments are ignored", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  const target = `/${TOKEN}?ts=1&id=2`;
  assert.equal((await authenticate(client, { target })).status, 200);
  const line = (await client.get(`/${TOKEN}`)).header("www-authenticate") ?? "";
  client.write(
    `GET /${TOKEN} HTTP/1.1\r\nHost: phone\r\nAuthorization: ${answer(line)}\r\nContent-Length: 5\r\n\r\nhello` +
      `GET /other HTTP/1.1\r\nHost: phone\r\n\r\n`,
  );
  assert.equal((await client.response()).status, 200);
  assert.equal((await client.response()).status, 404, "the body was not taken for a request");
  assert.equal(endpoint.count, 2);
});

test("C-220 while the phone takes no requests an authenticated one gets 503 without Retry-After", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  endpoint.availableNow = false;
  const client = await connect();
  const response = await authenticate(client);
  assert.equal(response.status, 503);
  assert.equal(response.header("retry-after"), undefined);
  assert.equal(endpoint.count, 0);
  assert.equal((await authenticate(client, { password: "wrong" })).status, 401, "strangers do not learn of it");
  endpoint.availableNow = true;
  assert.equal((await authenticate(client)).status, 200);
});

test("C-221 above the rate of an endpoint the answer is 503 without Retry-After, until the window has passed", async (t) => {
  const rates = { perEndpoint: { count: 2, windowMs: 60_000 }, whole: { count: 100, windowMs: 1000 } };
  const { connect, endpoint, time, server } = await startPhone(t, rates);
  const other = testEndpoint("other");
  await server.listen(other);
  const client = await connect();
  assert.equal((await authenticate(client, { password: "wrong" })).status, 401, "does not count");
  assert.equal((await authenticate(client)).status, 200);
  await time.advance(30_000);
  assert.equal((await authenticate(client)).status, 200);
  const refused = await authenticate(client);
  assert.equal(refused.status, 503);
  assert.equal(refused.header("retry-after"), undefined);
  assert.equal((await authenticate(client, { target: "/other" })).status, 200, "the other phone is not held back");
  await time.advance(29_999);
  assert.equal((await authenticate(client)).status, 503);
  await time.advance(1);
  assert.equal((await authenticate(client)).status, 200);
  assert.deepEqual([endpoint.count, other.count], [3, 1]);
});

test("C-221 all endpoints together have a rate, too", async (t) => {
  const rates = { perEndpoint: { count: 100, windowMs: 60_000 }, whole: { count: 1, windowMs: 1000 } };
  const { connect, time, server } = await startPhone(t, rates);
  await server.listen(testEndpoint("other"));
  const client = await connect();
  assert.equal((await authenticate(client)).status, 200);
  assert.equal((await authenticate(client, { target: "/other" })).status, 503);
  await time.advance(1000);
  assert.equal((await authenticate(client, { target: "/other" })).status, 200);
});

test("C-226 the connection stays open between the 401 and the authorised GET", async (t) => {
  const { connect } = await startPhone(t);
  const client = await connect();
  const challenged = await client.get(`/${TOKEN}`);
  assert.equal(challenged.status, 401);
  assert.notEqual(challenged.header("connection"), "close");
  const line = challenged.header("www-authenticate") ?? "";
  assert.equal((await client.get(`/${TOKEN}`, { Authorization: answer(line) })).status, 200);
});

test("C-285 while the user name or the password is empty nothing gets in, and no challenge invites an answer", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const client = await connect();
  const line = (await client.get(`/${TOKEN}`)).header("www-authenticate") ?? "";
  for (const credentials of [
    { username: "", password: "" },
    { username: "acs", password: "" },
    { username: "", password: "secret" },
  ]) {
    endpoint.credentialsNow = credentials;
    const response = await client.get(`/${TOKEN}`, { Authorization: answer(line, credentials) });
    assert.equal(response.status, 403);
    assert.equal(response.header("www-authenticate"), undefined);
  }
  assert.equal(endpoint.count, 0);
});

test("an old client is served that speaks HTTP/1.0 or sends no Host header", async (t) => {
  const { connect, endpoint } = await startPhone(t);
  const first = await connect();
  first.write(`GET /${TOKEN} HTTP/1.0\r\n\r\n`);
  const line = (await first.response()).header("www-authenticate") ?? "";
  assert.equal(await first.closed(), "");
  const second = await connect();
  second.write(`GET /${TOKEN} HTTP/1.0\r\nAuthorization: ${answer(line)}\r\n\r\n`);
  assert.equal((await second.response()).status, 200);
  const third = await connect();
  third.write(`GET /${TOKEN} HTTP/1.1\r\nAuthorization: ${answer(line, { nc: "00000002" })}\r\n\r\n`);
  assert.equal((await third.response()).status, 200);
  assert.equal(endpoint.count, 2);
});

test("a client that joins both challenges and lets the last value win, as GenieACS does, gets in", async (t) => {
  const { port, endpoint } = await startPhone(t);
  const get = (headers: Record<string, string>): Promise<{ status: number; challenge: string }> =>
    new Promise((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port, path: `/${TOKEN}`, headers, agent: false }, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, challenge: response.headers["www-authenticate"] ?? "" });
      });
      call.on("error", reject).end();
    });
  const { challenge } = await get({});
  const lastAlgorithm = challenge.slice(challenge.lastIndexOf("algorithm=") + "algorithm=".length);
  const { status } = await get({ Authorization: answer(challenge, { algorithm: lastAlgorithm, hash: "md5" }) });
  assert.equal(status, 200);
  assert.equal(endpoint.count, 1);
});

test("an endpoint that throws is logged and ends nothing", async (t) => {
  const { connect, endpoint, log } = await startPhone(t);
  const client = await connect();
  endpoint.onRequested = () => {
    throw new Error("no session today");
  };
  assert.equal((await authenticate(client)).status, 200);
  endpoint.credentials = () => {
    throw new Error("no settings today");
  };
  assert.equal((await client.get(`/${TOKEN}`)).status, 503);
  assert.equal(log.at("error").length, 2);
});

test("many endpoints share the port; a closed one is 404 and the others go on", async (t) => {
  const { server, connect, endpoint, port } = await startPhone(t);
  const second = testEndpoint("second");
  const listener = await server.listen(second);
  assert.deepEqual([listener.port, listener.host], [port, "127.0.0.1"]);
  const client = await connect();
  assert.equal((await authenticate(client, { target: "/second" })).status, 200);
  await listener.close();
  assert.equal((await client.get("/second")).status, 404);
  assert.equal((await authenticate(client)).status, 200);
  assert.deepEqual([endpoint.count, second.count], [1, 1]);
});

test("a token cannot be taken twice", async (t) => {
  const { server } = await startPhone(t);
  await assert.rejects(server.listen(testEndpoint()), (error) => isAgentError(error, "LISTEN"));
});

test("a port in use is AgentError LISTEN that says which and what to do", async (t) => {
  const { port } = await startPhone(t);
  await assert.rejects(startPhone(t, { port }), (error) => {
    assert.ok(isAgentError(error, "LISTEN"));
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}: the port is in use; .*another listen port`));
    return true;
  });
});

test("an address that this host does not have is AgentError LISTEN", async (t) => {
  await assert.rejects(startPhone(t, { address: "192.0.2.1" }), (error) => {
    assert.ok(isAgentError(error, "LISTEN"));
    assert.match(error.message, /192\.0\.2\.1:0: this host has no such address; .*0\.0\.0\.0/);
    return true;
  });
});

test("listening on every address says so with a null host", async (t) => {
  const phone = await startPhone(t);
  const { time, log } = phone;
  const server = await createConnectionRequestServer({
    address: "0.0.0.0",
    port: 0,
    clock: time.clock,
    scheduler: time.scheduler,
    random: { between: () => 0, bytes: (length) => new Uint8Array(length) },
    log,
    ...RATES,
  });
  t.after(() => server.close());
  assert.equal((await server.listen(testEndpoint())).host, null);
});

test("close ends at once with connections open, idle or in the middle of a request, and can be repeated", async (t) => {
  const { server, connect, time } = await startPhone(t);
  const idle = await connect();
  await idle.get("/other");
  assert.equal(time.pendingTimers().length, 1, "for the next line about refused requests");
  const halfway = await connect();
  halfway.write(`GET /${TOKEN} HTTP/1.1\r\nHost`);
  await server.close();
  await Promise.all([idle.closed(), halfway.closed()]);
  await server.close();
  assert.deepEqual(time.pendingTimers(), []);
});

test("C-281 neither the log of accepted nor of refused requests holds credentials", async (t) => {
  const { connect, log } = await startPhone(t);
  const client = await connect();
  await authenticate(client);
  await authenticate(client, { password: "another-secret", username: "mallory" });
  assert.equal(log.at("info").length, 1);
  assert.equal(log.at("warn").length, 1);
  for (const secret of [CREDENTIALS.password, "another-secret", "mallory", TOKEN, "nonce="])
    assert.ok(!log.text().includes(secret), secret);
});

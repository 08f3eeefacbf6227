import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { createWebApp } from "../../src/web/app.ts";
import { serveWebApp, type WebServer, type WebServerOptions } from "../../src/web/web-server.ts";
import { createTestCa } from "../helpers/certificates.ts";
import { holdOpen } from "../helpers/hold-open.ts";
import { basic, createWebUnderTest, LOGIN } from "../helpers/web-under-test.ts";

const AUTHORIZATION = basic(LOGIN.username, LOGIN.password);

async function serve(t: TestContext, options: Partial<WebServerOptions> = {}): Promise<WebServer> {
  const { parts } = await createWebUnderTest();
  const all = { ...parts, address: "127.0.0.1", port: 0, ...options };
  const server = await serveWebApp(all, () => createWebApp(all));
  t.after(() => server.close());
  return server;
}

/** What a server answers to these bytes, until it closes. */
async function raw(server: WebServer, text: string): Promise<string> {
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.write(text, "latin1");
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

const line = (method: string, target: string, headers = ""): string =>
  `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${AUTHORIZATION}\r\nConnection: close\r\n${headers}\r\n`;

describe("the web server", () => {
  test("serves the pages over a socket, and says where", async (t) => {
    const server = await serve(t);
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.equal((await fetch(server.url)).status, 401);
    const answer = await fetch(`${server.url}settings/tr069`, { headers: { authorization: AUTHORIZATION } });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /Enable TR069/);
  });

  test("knows clients by the address of their socket, whatever their headers say", async (t) => {
    const server = await serve(t);
    const guess = (at: number) =>
      fetch(server.url, {
        headers: {
          authorization: basic("admin", "guess"),
          "x-forwarded-for": `10.0.0.${at}`,
          forwarded: `for=10.0.0.${at}`,
        },
      });
    for (let at = 0; at < 5; at++) assert.equal((await guess(at)).status, 401);
    assert.equal((await guess(9)).status, 429);
  });

  test("with certificate and key it is https, and TLS before 1.2 is refused", async (t) => {
    const ca = await createTestCa();
    const { cert, key } = await ca.issue(["127.0.0.1"]);
    const server = await serve(t, { tls: { certificate: cert, key } });
    assert.match(server.url, /^https:/);
    const status = (maxVersion: "TLSv1.1" | "TLSv1.3") =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = {
          ca: ca.ca,
          maxVersion,
          minVersion: "TLSv1" as const,
          headers: { authorization: AUTHORIZATION },
        };
        const sent = httpsRequest(`${server.url}parameters`, options, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        sent.on("error", reject);
        sent.end();
      });
    assert.equal(await status("TLSv1.3"), 200);
    await assert.rejects(status("TLSv1.1"));
  });

  test("a certificate that is none, or of another key, is a clear error", async (t) => {
    const ca = await createTestCa();
    const [one, other] = [await ca.issue(["a.example"]), await ca.issue(["a.example"])];
    for (const tls of [
      { certificate: one.cert, key: other.key },
      { certificate: "-----BEGIN X-----", key: one.key },
    ]) {
      await assert.rejects(
        serve(t, { tls }),
        (error) => isAgentError(error, "CONFIG") && /web\.certificate/.test(error.message),
      );
    }
  });

  test("a port that is taken is a clear error", async (t) => {
    const port = Number(new URL((await serve(t)).url).port);
    await assert.rejects(
      serve(t, { port }),
      (error) => isAgentError(error, "LISTEN") && /in use; .* web\.port/.test(error.message),
    );
  });

  test("100 connections of one address that log nobody in do not shut the pages", async (t) => {
    const server = await serve(t);
    const { port } = new URL(server.url);
    const slow = `POST /settings/tr069 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\nx`;
    for (const text of ["", slow]) {
      await holdOpen(t, { port: Number(port), from: "127.0.0.66", count: 100, text });
      const answer = await raw(server, line("GET", "/status"));
      assert.match(answer, /^HTTP\/1\.1 200 /);
    }
  });

  test("closing ends a live page that is open", async (t) => {
    const api = new Hono();
    const ended = new Promise<void>((resolve) => {
      api.get("/live", (c) =>
        streamSSE(c, async (stream) => {
          stream.onAbort(resolve);
          await stream.writeSSE({ data: "first" });
          await new Promise(() => {});
        }),
      );
    });
    const server = await serve(t, { api });
    const answer = await fetch(`${server.url}api/live`, { headers: { authorization: AUTHORIZATION } });
    const reader = answer.body?.getReader() ?? assert.fail("no body");
    assert.match(Buffer.from((await reader.read()).value ?? []).toString(), /data: first/);
    await server.close();
    await assert.rejects(reader.read());
    await ended;
  });

  test("malformed requests are refused, and the server goes on", async (t) => {
    const server = await serve(t);
    for (const text of [
      "nonsense\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
      line("TRACE", "/"),
      line("CONNECT", "evil.example:443"),
      line("GET", "http://evil.example/parameters").replace("Host: 127.0.0.1", "Host: evil.example"),
      line("GET", "/parameters", `X-Big: ${"x".repeat(20_000)}\r\n`),
      line("POST", "/settings/tr069", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
      line("GET", "/\u00ff\u0000"),
      line("GET", "*"),
    ]) {
      const answer = await raw(server, text);
      assert.doesNotMatch(answer, /^HTTP\/1\.1 (200|5)/, text.slice(0, 80));
      assert.doesNotMatch(answer, /formToken| {4}at /);
    }
    assert.match(await raw(server, line("GET", "/parameters")), /^HTTP\/1\.1 200/);
    assert.match(await raw(server, line("GET", "/assets/../../../../etc/passwd")), /^HTTP\/1\.1 404/);
  });

  test("a body that is too large is refused, chunked too, without being read to its end", async (t) => {
    const server = await serve(t);
    const form = "Content-Type: application/x-www-form-urlencoded\r\n";
    const declared = await raw(server, line("POST", "/settings/tr069", `${form}Content-Length: 99999999\r\n`));
    assert.match(declared, /^HTTP\/1\.1 413/);
    const chunk = `${(8192).toString(16)}\r\n${"x".repeat(8192)}\r\n`;
    const chunked = await raw(
      server,
      line("POST", "/settings/tr069", `${form}Transfer-Encoding: chunked\r\n`) + chunk.repeat(20),
    );
    assert.match(chunked, /^HTTP\/1\.1 413/);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { httpAnswer, type RawScript, startRawAcs } from "../helpers/raw-acs.ts";
import { agentError, openSession, until } from "../helpers/transport.ts";

/** Runs `use` in a session with an ACS that follows `script`. */
async function withAcs(
  script: RawScript,
  use: (session: ReturnType<typeof openSession>, acs: Awaited<ReturnType<typeof startRawAcs>>) => Promise<void>,
  path = "/acs",
): Promise<void> {
  const acs = await startRawAcs(script);
  const session = openSession(`${acs.origin}${path}`);
  try {
    await use(session, acs);
  } finally {
    await session.connection.close();
    await acs.close();
  }
}

const ENVELOPE = "<Envelope>Büro €</Envelope>";

test("C-001 C-002 C-003 an envelope goes out as a POST with path and query, its media type and a bare SOAPAction", () =>
  withAcs(
    () => httpAnswer(204),
    async ({ connection }, acs) => {
      await connection.post(ENVELOPE);
      const [request] = acs.requests;
      assert.equal(request?.lines[0], "POST /tr069/acs?id=1&x=%20 HTTP/1.1");
      assert.equal(request?.header("host"), `127.0.0.1:${acs.port}`);
      assert.equal(request?.header("content-type"), "text/xml; charset=utf-8");
      assert.equal(request?.header("soapaction"), "");
      assert.equal(request?.header("user-agent"), "akuvox-cpe/test");
      assert.equal(request?.header("authorization"), undefined);
    },
    "/tr069/acs?id=1&x=%20",
  ));

test("Content-Length counts the bytes of the envelope", () =>
  withAcs(
    () => httpAnswer(204),
    async ({ connection }, acs) => {
      await connection.post(ENVELOPE);
      assert.equal(acs.requests[0]?.header("content-length"), String(Buffer.byteLength(ENVELOPE)));
      assert.equal(acs.requests[0]?.body.toString("utf8"), ENVELOPE);
    },
  ));

test("C-004 an empty POST has Content-Length 0, no SOAPAction and no Content-Type", () =>
  withAcs(
    () => httpAnswer(204),
    async ({ connection }, acs) => {
      await connection.post(null);
      const [request] = acs.requests;
      assert.equal(request?.header("content-length"), "0");
      assert.equal(request?.header("soapaction"), undefined);
      assert.equal(request?.header("content-type"), undefined);
      assert.equal(request?.header("transfer-encoding"), undefined);
    },
  ));

test("C-005 204 and an empty 200 are the empty answer", () =>
  withAcs(
    (_request, index) => (index === 0 ? "HTTP/1.1 204 No Content\r\n\r\n" : httpAnswer(200)),
    async ({ connection }) => {
      assert.deepEqual(await connection.post(null), { status: 204, body: null });
      assert.deepEqual(await connection.post(null), { status: 200, body: null });
    },
  ));

test("C-006 C-007 any Content-Type, header case and transfer coding is taken", () =>
  withAcs(
    (_request, index) =>
      index === 0
        ? httpAnswer(200, ENVELOPE, "CONTENT-TYPE: application/soap+xml;charset='UTF-8'")
        : "HTTP/1.1 200 OK\r\nTRANSFER-encoding: Chunked\r\n\r\n3\r\n<a>\r\n4;x=y\r\n</a>\r\n0\r\nTrailer: 1\r\n\r\n",
    async ({ connection }) => {
      assert.equal((await connection.post(null)).body, ENVELOPE);
      assert.equal((await connection.post(null)).body, "<a></a>");
    },
  ));

test("an answer that ends with its connection is complete, and its byte order mark goes", () =>
  withAcs(
    (_request, _index, socket) => {
      socket.end("HTTP/1.0 200 OK\r\n\r\n\ufeff<a/>");
      return null;
    },
    async ({ connection }) => assert.equal((await connection.post(null)).body, "<a/>"),
  ));

test("C-008 a second POST is refused while one is under way", () =>
  withAcs(
    () => httpAnswer(204),
    async ({ connection }, acs) => {
      const first = connection.post(null);
      await assert.rejects(connection.post(null), /pipelining/);
      await first;
      assert.equal(acs.requests.length, 1);
    },
  ));

test("C-009 one TCP connection carries the whole session and ends with it", () =>
  withAcs(
    () => httpAnswer(200, "<a/>", "Keep-Alive: timeout=1"),
    async ({ connection, events }, acs) => {
      for (let count = 0; count < 5; count++) await connection.post(ENVELOPE);
      assert.equal(acs.connections(), 1);
      await connection.close();
      assert.deepEqual(events.at(-1), { kind: "closed", error: null });
    },
  ));

test("C-009 a minute of silence between two POSTs does not cost the connection", (context) =>
  withAcs(
    () => httpAnswer(204),
    async ({ connection }, acs) => {
      context.mock.timers.enable({ apis: ["setTimeout"] });
      await connection.post(null);
      await new Promise((resolve) => setImmediate(resolve));
      context.mock.timers.tick(60_000);
      await connection.post(null);
      assert.equal(acs.connections(), 1);
    },
  ));

test("C-010 the session goes on over a new connection when the ACS closes after a complete answer", () =>
  withAcs(
    (_request, index, socket) => {
      if (index > 1) return httpAnswer(204);
      socket.end(httpAnswer(200, "<a/>", ...(index === 0 ? ["Connection: close"] : [])));
      return null;
    },
    async ({ connection, events }, acs) => {
      await connection.post("<one/>");
      await connection.post("<two/>");
      await until(() => events.filter(({ kind }) => kind === "closed").length === 2);
      await connection.post("<three/>");
      assert.deepEqual(
        acs.requests.map(({ body }) => body.toString()),
        ["<one/>", "<two/>", "<three/>"],
      );
      assert.equal(acs.connections(), 3);
    },
  ));

test("C-010 a kept connection that dies on the next request is tried once more on a new one", () =>
  withAcs(
    (request, index, socket) => {
      if (index === 0) return httpAnswer(200, "<a/>");
      if (request.connection > 1) return httpAnswer(204);
      socket.resetAndDestroy();
      return null;
    },
    async ({ connection, events }, acs) => {
      await connection.post("<one/>");
      assert.equal((await connection.post("<two/>")).status, 204);
      assert.deepEqual(
        acs.requests.map(({ connection, body }) => [connection, body.toString()]),
        [
          [1, "<one/>"],
          [1, "<two/>"],
          [2, "<two/>"],
        ],
      );
      assert.deepEqual(
        events.filter(({ kind }) => kind === "closed"),
        [{ kind: "closed", error: null }],
      );
    },
  ));

test("an ACS that closes every connection without an answer fails the session after one more try", () =>
  withAcs(
    (_request, index, socket) => {
      if (index === 0) return httpAnswer(200, "<a/>");
      socket.destroy();
      return null;
    },
    async ({ connection }, acs) => {
      await connection.post(null);
      await assert.rejects(connection.post(null), agentError("ACS_UNREACHABLE", /127\.0\.0\.1:\d+/));
      assert.equal(acs.requests.length, 3);
    },
  ));

test("an answer that is cut off fails the session and is not asked for again", () =>
  withAcs(
    (_request, index, socket) => {
      if (index === 0) return httpAnswer(204);
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>");
      return null;
    },
    async ({ connection, events }, acs) => {
      await connection.post(null);
      await assert.rejects(connection.post(null), agentError("ACS_UNREACHABLE", /before its answer was complete/));
      await connection.close();
      assert.equal(acs.requests.length, 2);
      assert.match(JSON.stringify(events.at(-1)), /"closed".*before its answer was complete/);
    },
  ));

test("half an answer header and then the end is not asked for again either", () =>
  withAcs(
    (_request, index, socket) => {
      if (index === 0) return httpAnswer(204);
      socket.end("HTTP/1.1 200 O");
      return null;
    },
    async ({ connection }, acs) => {
      await connection.post(null);
      await assert.rejects(connection.post(null), agentError("ACS_UNREACHABLE"));
      assert.equal(acs.requests.length, 2);
    },
  ));

test("a failed session stays failed, and close may be called at any time", () =>
  withAcs(
    () => httpAnswer(500, "<html/>"),
    async ({ connection }, acs) => {
      await assert.rejects(connection.post(null), agentError("ACS_HTTP_STATUS"));
      await assert.rejects(connection.post(null), agentError("ACS_HTTP_STATUS"));
      assert.equal(acs.requests.length, 1);
      await connection.close();
      await connection.close();
    },
  ));

test("the observer sees connection, request, answer and end in order, with sizes in bytes", () =>
  withAcs(
    () => httpAnswer(200, "<ä/>"),
    async ({ connection, events }, acs) => {
      await connection.post("<ü/>");
      await connection.post(null);
      await connection.close();
      assert.deepEqual(events, [
        { kind: "connected", address: "127.0.0.1", port: acs.port },
        { kind: "sent", body: "<ü/>", bytes: 5, authorized: false },
        { kind: "received", status: 200, body: "<ä/>", bytes: 5 },
        { kind: "sent", body: null, bytes: 0, authorized: false },
        { kind: "received", status: 200, body: "<ä/>", bytes: 5 },
        { kind: "closed", error: null },
      ]);
    },
  ));

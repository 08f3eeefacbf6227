import assert from "node:assert/strict";
import { test } from "node:test";
import { digestResponse, parseAuthHeader } from "../../src/system/http-digest.ts";
import { httpAnswer, type RawRequest, startRawAcs } from "../helpers/raw-acs.ts";
import { agentError, openSession } from "../helpers/transport.ts";

const CHALLENGE = 'WWW-Authenticate: Digest realm="acs", nonce="n1", qop="auth", opaque="o"';

/** Whether the credentials in a request are right for the nonce. */
function isAuthorized(request: RawRequest, nonce: string): boolean {
  const params = parseAuthHeader(request.header("authorization") ?? "")?.params;
  const param = (name: string) => params?.get(name) ?? "";
  const expected = digestResponse({
    algorithm: "MD5",
    username: "phone",
    realm: "acs",
    password: "s3cret",
    nonce,
    nc: param("nc"),
    cnonce: param("cnonce"),
    qop: "auth",
    method: "POST",
    uri: request.lines[0]?.split(" ")[1] ?? "",
  });
  return param("response") === expected && param("nonce") === nonce;
}

function params(request: RawRequest | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(parseAuthHeader(request?.header("authorization") ?? "")?.params ?? []);
}

test("C-011 C-021 C-024 a 401 is answered on the same connection, and so are all later requests at once", async () => {
  const acs = await startRawAcs((request) =>
    isAuthorized(request, "n1") ? httpAnswer(204) : httpAnswer(401, "<html/>", CHALLENGE),
  );
  const { connection, events } = openSession(`${acs.origin}/acs?a=1`);
  await connection.post("<a/>");
  await connection.post(null);
  await connection.close();
  assert.equal(acs.connections(), 1);
  assert.equal(acs.requests.length, 3);
  assert.deepEqual(
    acs.requests.map((request) => params(request).nc),
    [undefined, "00000001", "00000002"],
  );
  assert.equal(params(acs.requests[1]).uri, "/acs?a=1");
  assert.equal(params(acs.requests[1]).opaque, "o");
  assert.equal(acs.requests[1]?.body.toString(), "<a/>");
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "sent" ? [event.authorized] : [])),
    [false, true, true],
  );
  await acs.close();
});

test("C-011 C-023 after a 401 with Connection: close the answer goes over a new connection, with a cnonce of its own", async () => {
  const acs = await startRawAcs((request, index, socket) => {
    if (index < 2)
      socket.end(
        index === 0 ? httpAnswer(401, "", CHALLENGE, "Connection: close") : httpAnswer(204, "", "Connection: close"),
      );
    return index < 2 ? null : httpAnswer(isAuthorized(request, "n1") ? 204 : 500);
  });
  const { connection } = openSession(acs.origin);
  await connection.post("<a/>");
  await connection.post("<b/>");
  await connection.close();
  assert.deepEqual(
    acs.requests.map((request) => request.connection),
    [1, 2, 3],
  );
  assert.equal(params(acs.requests[2]).nc, "00000002");
  assert.notEqual(params(acs.requests[1]).cnonce, params(acs.requests[2]).cnonce);
  await acs.close();
});

test("C-023 C-024 a stale nonce in the midst of a session is replaced by the new one", async () => {
  let nonce = "n1";
  const acs = await startRawAcs((request, index) => {
    if (index === 2) nonce = "n2";
    if (isAuthorized(request, nonce)) return httpAnswer(204);
    return httpAnswer(
      401,
      "",
      `WWW-Authenticate: Digest realm="acs", nonce="${nonce}", qop="auth", stale=${index === 2}`,
    );
  });
  const { connection } = openSession(acs.origin);
  await connection.post("<a/>");
  await connection.post("<b/>");
  await connection.close();
  assert.deepEqual(
    acs.requests.map((request) => params(request).nonce),
    [undefined, "n1", "n1", "n2"],
  );
  assert.equal(params(acs.requests[3]).nc, "00000001");
  await acs.close();
});

test("C-025 Basic credentials go out only when asked for, and only to that server", async () => {
  const other = await startRawAcs(() => httpAnswer(204));
  const acs = await startRawAcs((_request, index) => {
    if (index === 0) return httpAnswer(401, "", 'WWW-Authenticate: Basic realm="x"');
    return index === 1 ? httpAnswer(204) : httpAnswer(302, "", `Location: ${other.origin}/b`);
  });
  const { connection } = openSession(acs.origin);
  await connection.post("<a/>");
  await connection.post("<b/>");
  await connection.close();
  assert.equal(acs.requests[0]?.header("authorization"), undefined);
  assert.equal(acs.requests[1]?.header("authorization"), `Basic ${Buffer.from("phone:s3cret").toString("base64")}`);
  assert.equal(other.requests[0]?.header("authorization"), undefined);
  await Promise.all([acs.close(), other.close()]);
});

test("C-027 a 401 to a right answer ends the session, without the password in the error", async () => {
  const acs = await startRawAcs((_request, index) =>
    httpAnswer(401, "", `WWW-Authenticate: Digest realm="acs", nonce="n${index}", qop="auth"`),
  );
  const { connection } = openSession(acs.origin);
  await assert.rejects(connection.post("<a/>"), (error: Error) => {
    assert.ok(agentError("ACS_AUTHENTICATION", /ManagementServer\.Username/)(error));
    assert.doesNotMatch(error.message, /s3cret|phone:/);
    return true;
  });
  assert.equal(acs.requests.length, 2);
  await connection.close();
  await acs.close();
});

test("an ACS that calls every nonce stale does not keep us for ever", async () => {
  const acs = await startRawAcs((_request, index) =>
    httpAnswer(401, "", `WWW-Authenticate: Digest realm="acs", nonce="n${index}", qop="auth", stale=true`),
  );
  const { connection } = openSession(acs.origin);
  await assert.rejects(connection.post(null), agentError("ACS_AUTHENTICATION"));
  assert.equal(acs.requests.length, 5);
  await connection.close();
  await acs.close();
});

for (const status of [201, 202, 303, 304, 400, 404, 407, 500, 503]) {
  test(`C-028 HTTP status ${status} fails the session`, async () => {
    const acs = await startRawAcs(() => httpAnswer(status, status === 304 ? "" : "<html/>", "Location: /x"));
    const { connection } = openSession(`${acs.origin}/?secret=1`);
    await assert.rejects(connection.post("<a/>"), (error: { status?: number; message: string }) => {
      assert.ok(agentError("ACS_HTTP_STATUS")(error));
      assert.equal(error.status, status);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    assert.equal(acs.requests.length, 1);
    await connection.close();
    await acs.close();
  });
}

test("an answer tells the ACS's clock, where its Date is one", async () => {
  const dates = ["Date: Mon, 01 Jun 2026 00:00:00 GMT", "Date: today", "X-Other: 1"];
  const acs = await startRawAcs((_request, index) => httpAnswer(204, "", dates[index] ?? ""));
  const session = openSession(acs.origin);
  const times = [];
  for (const _ of dates) times.push((await session.connection.post(null)).timeMs);
  assert.deepEqual(times, [Date.UTC(2026, 5), undefined, undefined]);
  await session.connection.close();
  await acs.close();
});

test("compressed answers and answers that are not UTF-8 are refused", async () => {
  const acs = await startRawAcs((_request, index) =>
    index === 0
      ? httpAnswer(200, "\u001f\u008b", "Content-Encoding: gzip")
      : Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), Buffer.from([0x3c, 0xe4, 0x3e])]),
  );
  const gzip = openSession(acs.origin);
  await assert.rejects(gzip.connection.post(null), agentError("ACS_MESSAGE", /compressed/));
  await gzip.connection.close();
  const latin = openSession(acs.origin);
  await assert.rejects(latin.connection.post(null), agentError("ACS_MESSAGE", /UTF-8/));
  await latin.connection.close();
  await acs.close();
});

test("an abort ends a waiting POST at once and closes the connection", async () => {
  const acs = await startRawAcs(() => null);
  const { connection, abort, events } = openSession(acs.origin);
  const posted = connection.post("<a/>");
  const failed = assert.rejects(posted, agentError("SESSION_ABORTED"));
  await acs.received(1);
  abort();
  await failed;
  await assert.rejects(connection.post(null), agentError("SESSION_ABORTED"));
  await connection.close();
  assert.deepEqual(events.at(-1), { kind: "closed", error: "the session was broken off" });
  await acs.close();
});

test("an abort before the first POST sends nothing", async () => {
  const acs = await startRawAcs(() => httpAnswer(204));
  const { connection, abort } = openSession(acs.origin);
  abort();
  await assert.rejects(connection.post("<a/>"), agentError("SESSION_ABORTED"));
  assert.equal(acs.connections(), 0);
  await acs.close();
});

test("a URL that is no http or https URL fails the session", async () => {
  for (const url of ["", "acs.example", "ftp://acs.example/"]) {
    const { connection } = openSession(url);
    await assert.rejects(connection.post(null), agentError("ACS_UNREACHABLE", /http/));
    await connection.close();
  }
});

test("user name and password of the phone are never in the log", async () => {
  const acs = await startRawAcs((_request, index) =>
    index === 0
      ? httpAnswer(401, "", 'WWW-Authenticate: Basic realm="x"')
      : httpAnswer(302, "", "Location: /s3cret?s3cret"),
  );
  const { connection, log } = openSession(acs.origin);
  await assert.rejects(connection.post(null));
  await connection.close();
  assert.ok(log.lines.length > 0);
  assert.doesNotMatch(log.text(), /s3cret|cGhvbmU/);
  await acs.close();
});

test("a wrong password at an ACS whose second 401 is bare reads as a wrong password", async () => {
  const acs = await startRawAcs((_request, index) =>
    httpAnswer(401, "", ...(index === 0 ? ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'] : [])),
  );
  const { connection } = openSession(acs.origin);
  await assert.rejects(
    connection.post("<a/>"),
    agentError("ACS_AUTHENTICATION", /does not accept the user name and password/),
  );
  await connection.close();
  await acs.close();
});

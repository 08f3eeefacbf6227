import assert from "node:assert/strict";
import { test } from "node:test";
import type { TlsOptions } from "node:tls";
import { createTestCa } from "../helpers/certificates.ts";
import { httpAnswer, type RawScript, startRawAcs } from "../helpers/raw-acs.ts";
import { openSession } from "../helpers/transport.ts";

/** What is said of `posts` POSTs over http:// to a server that does this. */
async function failureWith(script: RawScript, posts = 1, tls?: TlsOptions): Promise<string> {
  const acs = await startRawAcs(script, tls);
  const { connection } = openSession(acs.origin.replace("https:", "http:"));
  try {
    for (let count = 0; count < posts; count++) await connection.post("<a/>");
    return "";
  } catch (error) {
    return String(error);
  } finally {
    await connection.close();
    await acs.close();
  }
}

const HINT = /to begin with https:\/\//;

test("http:// at a port for TLS gets the hint, whether the server says so, answers in TLS or just hangs up", async () => {
  const alert = Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]);
  const page = "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port";
  for (const said of [alert, httpAnswer(400, page), ""]) {
    const failure = await failureWith((_request, _index, socket) => {
      socket.end(said);
      return null;
    });
    assert.match(failure, HINT);
  }
});

test("http:// at a real TLS server gets the hint", async () => {
  const { cert, key } = await (await createTestCa()).issue(["127.0.0.1"]);
  assert.match(await failureWith(() => httpAnswer(204), 1, { cert, key }), HINT);
});

test("an ordinary 400, and a server that has answered before, get no hint of TLS", async () => {
  assert.match(await failureWith(() => httpAnswer(400, "bad request")), /status 400$/);
  const failure = await failureWith((_request, index, socket) => {
    if (index === 0) return httpAnswer(200, "<a/>");
    socket.destroy();
    return null;
  }, 2);
  assert.match(failure, /closed the connection before its answer was complete$/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { httpAnswer, startRawAcs } from "../helpers/raw-acs.ts";
import { agentError, openSession, until } from "../helpers/transport.ts";

test("C-012 C-081 an ACS that never answers is waited for 60 s, then the session fails", async () => {
  const acs = await startRawAcs(() => null);
  const { connection, time, events } = openSession(acs.origin);
  const posted = connection.post("<a/>");
  let failed = false;
  const outcome = assert.rejects(
    posted.finally(() => {
      failed = true;
    }),
    agentError("ACS_TIMEOUT", /no answer within 60 s/),
  );
  await acs.received(1);
  await time.advance(59_999);
  assert.equal(failed, false);
  await time.advance(1);
  await outcome;
  await connection.close();
  assert.match(JSON.stringify(events.at(-1)), /"closed".*no answer within 60 s/);
  await acs.close();
});

test("C-012 a shorter time than 30 s is not waited for", async () => {
  const acs = await startRawAcs(() => null);
  const { connection, time } = openSession(acs.origin, { answerMs: 1_000 });
  const outcome = assert.rejects(connection.post(null), agentError("ACS_TIMEOUT", /30 s/));
  await acs.received(1);
  assert.deepEqual(time.pendingTimers(), [{ name: "ACS answer", dueMs: 30_000 }]);
  await time.advance(30_000);
  await outcome;
  await connection.close();
  await acs.close();
});

test("a dribbling answer ends when its time is over, however often a byte comes", async () => {
  let dribble = () => {};
  const acs = await startRawAcs((_request, _index, socket) => {
    dribble = () => socket.write("x");
    return "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
  });
  const { connection, time } = openSession(acs.origin);
  const outcome = assert.rejects(connection.post(null), agentError("ACS_TIMEOUT", /no complete answer within 60 s/));
  await acs.received(1);
  await until(() => time.pendingTimers().length === 1);
  for (let seconds = 0; seconds < 130; seconds += 10) {
    dribble();
    await time.advance(10_000);
  }
  await outcome;
  await connection.close();
  await acs.close();
});

test("no timer is left behind after an answer", async () => {
  const acs = await startRawAcs(() => httpAnswer(200, "<a/>"));
  const { connection, time } = openSession(acs.origin);
  await connection.post(null);
  assert.deepEqual(time.pendingTimers(), []);
  await connection.close();
  await acs.close();
});

test("an answer whose Content-Length is above 512 KiB is refused before it comes", async () => {
  const acs = await startRawAcs(() => `HTTP/1.1 200 OK\r\nContent-Length: ${524_289}\r\n\r\n`);
  const { connection } = openSession(acs.origin);
  await assert.rejects(connection.post(null), agentError("ACS_MESSAGE_TOO_LARGE", /524288 bytes/));
  await connection.close();
  await acs.close();
});

test("a chunked answer is cut off where it passes the limit", async () => {
  let sent = 0;
  const piece = Buffer.from(`1000\r\n${"x".repeat(4096)}\r\n`);
  const acs = await startRawAcs((_request, _index, socket) => {
    const more = () => {
      while (!socket.destroyed && sent < 64 * 1024 * 1024) {
        sent += 4096;
        if (!socket.write(piece)) return;
      }
    };
    socket.on("drain", more);
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    more();
    return null;
  });
  const { connection } = openSession(acs.origin, { maxAnswerBytes: 100_000 });
  await assert.rejects(connection.post(null), agentError("ACS_MESSAGE_TOO_LARGE", /100000 bytes/));
  await connection.close();
  await until(() => acs.open() === 0);
  assert.ok(sent < 64 * 1024 * 1024);
  await acs.close();
});

test("an answer of exactly the limit is taken", async () => {
  const acs = await startRawAcs(() => httpAnswer(200, "x".repeat(1000)));
  const { connection } = openSession(acs.origin, { maxAnswerBytes: 1000 });
  assert.equal((await connection.post(null)).body?.length, 1000);
  await connection.close();
  await acs.close();
});

test("an endless header is refused", async () => {
  const acs = await startRawAcs(() => `HTTP/1.1 200 OK\r\n${`X: ${"y".repeat(1000)}\r\n`.repeat(200)}\r\n`);
  const { connection } = openSession(acs.origin);
  await assert.rejects(connection.post(null), agentError("ACS_MESSAGE_TOO_LARGE", /header/));
  await connection.close();
  await acs.close();
});

test("what is no HTTP is called so", async () => {
  const acs = await startRawAcs(() => "SSH-2.0-OpenSSH_9.2\r\n\r\n");
  const { connection } = openSession(acs.origin);
  await assert.rejects(connection.post(null), agentError("ACS_MESSAGE", /HTTP\/1\.1/));
  await connection.close();
  await acs.close();
});

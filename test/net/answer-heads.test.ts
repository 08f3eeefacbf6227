import assert from "node:assert/strict";
import { test } from "node:test";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { createAnswerHeads } from "../../src/net/answer-heads.ts";
import { AnswerRefused } from "../../src/net/lenient-head.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { fileTransfer } from "../helpers/file-transfer.ts";
import { startRawAcs } from "../helpers/raw-acs.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { agentError, openSession } from "../helpers/transport.ts";

const BODY = "<a>HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n</a>";
const LENGTH = `Content-Length: ${BODY.length}`;
const CHUNKS = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

/** Each answer, byte for byte, with the body that a client must read from it. */
const TAKEN: readonly (readonly [string, string])[] = [
  ["100 Continue unasked", `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`],
  [
    "several interim answers with headers",
    `HTTP/1.1 100 Continue\r\nDate: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>; rel=x\r\nLink: </b>\r\n\r\nHTTP/1.1 100\r\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`,
  ],
  [
    "an interim answer with a length",
    `HTTP/1.1 103 x\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`,
  ],
  ["an interim answer of HTTP/1.0", `HTTP/1.0 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["an unknown interim answer", `HTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["folded header lines", `HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\n\tc\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["a fold before the first header", `HTTP/1.1 200 OK\r\n nothing\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["line ends without CR", `HTTP/1.1 200 OK\n${LENGTH}\n\n${BODY}`],
  ["line ends of both kinds", `HTTP/1.1 200 OK\r\n${LENGTH}\nX: y\r\n\n${BODY}`],
  ["blanks before the colon", `HTTP/1.1 200 OK\r\nContent-Length : ${BODY.length}\r\n\r\n${BODY}`],
  ["no blank after the colon", `HTTP/1.1 200 OK\r\nCONTENT-LENGTH:${BODY.length}\r\n\r\n${BODY}`],
  ["blanks around a length", `HTTP/1.1 200 OK\r\nContent-Length: \t ${BODY.length} \t\r\n\r\n${BODY}`],
  ["one length twice", `HTTP/1.1 200 OK\r\n${LENGTH}\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["one length twice in a list", `HTTP/1.1 200 OK\r\n${LENGTH}, ${BODY.length}\r\n\r\n${BODY}`],
  ["chunks beside a length", `HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`],
  ["identity for an encoding", `HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n${LENGTH}\r\n\r\n${BODY}`],
  [
    "chunks with extensions and trailers",
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n${BODY.length.toString(16)};a=b;c="d"\r\n${BODY}\r\n0;z\r\nX-Trailer: 1\r\n\r\n`,
  ],
  [
    "chunks on a connection that closes",
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${CHUNKS}`,
  ],
  ["HTTP/1.0 with a length", `HTTP/1.0 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["a later HTTP/1", `HTTP/1.3 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["no reason", `HTTP/1.1 200\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["an empty reason", `HTTP/1.1 200 \r\n${LENGTH}\r\n\r\n${BODY}`],
  ["a reason beyond ASCII", `HTTP/1.1 200 \u00e4 \u00ff\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["line ends before the status line", `\r\n\n\r\nHTTP/1.1 200 OK\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["lines that are no header", `HTTP/1.1 200 OK\r\nnonsense\r\nbad name: x\r\n: y\r\n${LENGTH}\r\n\r\n${BODY}`],
  ["a bare CR in a header", `HTTP/1.1 200 OK\r\nX: a\rb\r\n${LENGTH}\r\n\r\n${BODY}`],
];

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    "two lengths that differ",
    `HTTP/1.1 200 OK\r\n${LENGTH}\r\nContent-Length: 1\r\n\r\n${BODY}`,
    /two Content-Lengths that differ/,
  ],
  [
    "a length that is none",
    `HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n${BODY}`,
    /a Content-Length that is not a number/,
  ],
  ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", /switches to another protocol/],
  ["SSH", "SSH-2.0-OpenSSH_9\r\n", /does not answer in HTTP\/1\.1/],
  ["HTTP/2", `HTTP/2 200\r\n\r\n${BODY}`, /does not answer in HTTP\/1\.1/],
  [
    "broken chunks",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
    /chunks of its answer are broken/,
  ],
];

for (const [what, answer] of TAKEN) {
  test(`C-007 a session takes ${what}`, async (t) => {
    const acs = await startRawAcs(() => Buffer.from(answer, "latin1"));
    t.after(() => acs.close());
    const { connection } = openSession(`${acs.origin}/acs`);
    for (let message = 0; message < 2; message++) {
      const { status, body } = await connection.post("<x/>");
      assert.deepEqual([status, body], [200, BODY]);
    }
    await connection.close();
  });

  test(`a download takes ${what}`, async (t) => {
    const acs = await startRawAcs(() => Buffer.from(answer, "latin1"));
    t.after(() => acs.close());
    assert.equal((await filesIn(await temporaryFolder(t)).fetch(from(acs.origin), 10_000, signal())).toString(), BODY);
  });
}

for (const [what, answer, reason] of REFUSED) {
  test(`a session refuses ${what}, and says so`, async (t) => {
    const acs = await startRawAcs(() => answer);
    t.after(() => acs.close());
    const { connection } = openSession(`${acs.origin}/acs`);
    await assert.rejects(connection.post("<x/>"), agentError("ACS_MESSAGE", reason));
    await connection.close();
  });

  test(`a download refuses ${what}, and says so`, async (t) => {
    const acs = await startRawAcs(() => answer);
    t.after(() => acs.close());
    const fetched = filesIn(await temporaryFolder(t)).fetch(from(acs.origin), 10_000, signal());
    await assert.rejects(fetched, (error) => error instanceof CwmpFault && reason.test(error.message));
  });
}

test("an answer that ends with the connection is taken, also behind an interim one", async (t) => {
  const acs = await startRawAcs((_request, _index, socket) => {
    socket.end(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${BODY}`);
    return null;
  });
  t.after(() => acs.close());
  const { connection } = openSession(`${acs.origin}/acs`);
  assert.equal((await connection.post("<x/>")).body, BODY);
  assert.equal((await connection.post(null)).body, BODY);
  await connection.close();
});

test("a body behind 204 is nobody's, and the connection goes on", async (t) => {
  const acs = await startRawAcs((_request, index) =>
    index % 2 === 0
      ? "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
      : `HTTP/1.1 200 OK\r\n${LENGTH}\r\n\r\n${BODY}\r\n`,
  );
  t.after(() => acs.close());
  const { connection } = openSession(`${acs.origin}/acs`);
  for (let round = 0; round < 3; round++) {
    assert.equal((await connection.post("<x/>")).body, null);
    assert.equal((await connection.post("<x/>")).body, BODY);
  }
  assert.equal(acs.connections(), 1);
  await connection.close();
});

test("an upload takes 100 Continue, early or late, and an interim answer before the challenge", async (t) => {
  const acs = await startRawAcs((request) =>
    request.header("Authorization") === undefined
      ? 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 2\r\n\r\nno'
      : "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
  );
  t.after(() => acs.close());
  const server = { ...from(acs.origin), username: "u", password: "p" };
  await filesIn(await temporaryFolder(t)).upload(server, Buffer.alloc(200_000, "x"), signal());
  assert.equal(acs.requests.at(-1)?.body.length, 200_000);
});

test("C-010 a connection that ends behind 100 Continue was not dead: the same is not sent again", async (t) => {
  const acs = await startRawAcs((_request, index, socket) => {
    if (index === 0) return "HTTP/1.1 204 No Content\r\n\r\n";
    socket.end("HTTP/1.1 100 Continue\r\n\r\n");
    return null;
  });
  t.after(() => acs.close());
  const { connection } = openSession(`${acs.origin}/acs`);
  await connection.post(null);
  await assert.rejects(connection.post("<x/>"), agentError("ACS_UNREACHABLE", /closed the connection/));
  assert.equal(acs.requests.length, 2);
});

test("a server that says no more than 100 Continue is waited for as long as one that says nothing", async (t) => {
  const acs = await startRawAcs(() => "HTTP/1.1 100 Continue\r\n\r\n");
  t.after(() => acs.close());
  const { connection, time } = openSession(`${acs.origin}/acs`);
  const posted = connection.post("<x/>");
  const failed = assert.rejects(posted, agentError("ACS_TIMEOUT"));
  await acs.received(1);
  await time.advance(61_000);
  await failed;
});

test("an answer comes out the same however its bytes are cut, and its body as it went in", () => {
  for (const [what, answer] of TAKEN) {
    const bytes = Buffer.from(answer, "latin1");
    const whole = createAnswerHeads(65_536).take(bytes);
    for (let at = 1; at < bytes.length; at++) {
      const heads = createAnswerHeads(65_536);
      const parts = Buffer.concat([heads.take(bytes.subarray(0, at)), heads.take(bytes.subarray(at))]);
      assert.equal(parts.toString("latin1"), whole.toString("latin1"), `${what}, cut at ${at}`);
    }
    const heads = createAnswerHeads(65_536);
    const dribbled = Buffer.concat([...bytes].map((byte) => heads.take(Buffer.from([byte]))));
    assert.equal(dribbled.toString("latin1"), whole.toString("latin1"), what);
    assert.ok(whole.includes(BODY), what);
  }
});

test("a plain head goes on untouched, and one that is too long is left to the parser", () => {
  const plain = Buffer.from(`HTTP/1.1 200 OK\r\nServer: x\r\n${LENGTH}\r\n\r\n${BODY}`);
  assert.deepEqual(createAnswerHeads(1_000).take(plain), plain);
  const long = Buffer.from(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(2_000)}`);
  assert.deepEqual(createAnswerHeads(1_000).take(long), long);
  assert.throws(() => createAnswerHeads(1_000).take(Buffer.from("HTTP/1.1 OK\r\n\r\n")), AnswerRefused);
});

const signal = (): AbortSignal => new AbortController().signal;
const from = (origin: string) => ({ url: `${origin}/file`, username: "", password: "" });

function filesIn(folder: string) {
  return fileTransfer({
    folder,

    scheduler: createFakeTime().scheduler,
  });
}

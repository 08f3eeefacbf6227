import assert from "node:assert/strict";
import { readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import type { FileTransfer, TransferProgress } from "../../src/ports/file-transfer.ts";
import { digestResponse, parseAuthHeaders } from "../../src/system/http-digest.ts";
import { createFakeTime, type FakeTime } from "../helpers/fake-time.ts";
import { fileTransfer } from "../helpers/file-transfer.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { until } from "../helpers/transport.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Server {
  readonly origin: string;
  readonly requests: readonly { readonly method: string; readonly headers: IncomingMessage["headers"]; body: string }[];
}

async function serve(t: TestContext, handler: Handler): Promise<Server> {
  const requests: { method: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createServer((request, response) => {
    const noted = { method: request.method ?? "", headers: request.headers, body: "" };
    requests.push(noted);
    request.setEncoding("utf8").on("data", (text: string) => {
      noted.body += text;
    });
    request.on("end", () => handler(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, requests };
}

interface Fixture {
  readonly files: FileTransfer;
  readonly folder: string;
  readonly time: FakeTime;
}

async function fixture(t: TestContext, maxFileBytes = 1000, isAllowed = (_: string) => true): Promise<Fixture> {
  const folder = join(await temporaryFolder(t), "transfers");
  const time = createFakeTime();
  const files = fileTransfer({
    folder,

    scheduler: time.scheduler,

    maxFileBytes,
    isAllowed,
  });
  return { files, folder, time };
}

const SIGNAL = new AbortController().signal;
const at = (url: string, username = "", password = "") => ({ url, username, password });
const fault = (code: number) => (error: unknown) => error instanceof CwmpFault && error.faultCode === code;

test("a download tells how far it has come, and of how much where the server says so", async (t) => {
  const content = "x".repeat(900);
  for (const [headers, totalBytes] of [
    [{ "Content-Length": "900" }, 900],
    [{}, null],
  ] as const) {
    const { origin } = await serve(t, (_request, response) => {
      response.writeHead(200, headers);
      response.write(content.slice(0, 300));
      response.end(content.slice(300));
    });
    const { files } = await fixture(t);
    const told: TransferProgress[] = [];
    await files.download(at(origin), "transfer-1", SIGNAL, (progress) => told.push(progress));
    assert.deepEqual(told.at(-1), { bytes: 900, totalBytes });
    assert.ok(told.every(({ bytes }, index) => bytes > (told[index - 1]?.bytes ?? 0)));
  }
});

test("C-036 C-286 a file is fetched with GET into the fixed folder, for us alone, and can be found and read", async (t) => {
  const { origin, requests } = await serve(t, (_request, response) => response.end("content"));
  const { files, folder, time } = await fixture(t);
  const { path, bytes } = await files.download(at(`${origin}/x/../../passwd?a=1`), "transfer-1", SIGNAL);
  assert.equal(path, join(folder, "transfer-1"));
  assert.equal(bytes, 7);
  assert.equal(await readFile(path, "utf8"), "content");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await files.find("transfer-1"), { path, bytes: 7 });
  assert.equal(Buffer.from(await files.read("transfer-1")).toString(), "content");
  assert.equal(await files.find("transfer-2"), null);
  assert.equal(requests[0]?.method, "GET");
  assert.equal(requests[0]?.headers["accept-encoding"], "identity");
  assert.equal(requests[0]?.headers.authorization, undefined, "C-025: nothing is sent unasked");
  assert.deepEqual(time.pendingTimers(), []);
  await assert.rejects(async () => files.download(at(origin), "../passwd", SIGNAL));
});

test("C-036 an upload is a PUT of the whole content", async (t) => {
  const { origin, requests } = await serve(t, (_request, response) => response.writeHead(201).end());
  const { files } = await fixture(t);
  await files.upload(at(`${origin}/log`), Buffer.from("Büro"), SIGNAL);
  assert.equal(requests[0]?.method, "PUT");
  assert.equal(requests[0]?.body, "Büro");
  assert.equal(requests[0]?.headers["content-length"], "5");
});

for (const direction of ["download", "upload"] as const) {
  test(`C-036 a ${direction} answers Digest for its own method`, async (t) => {
    const { origin, requests } = await serve(t, (request, response) => {
      const [given] = parseAuthHeaders(request.headers.authorization ?? "");
      if (given === undefined) {
        response.setHeader("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256');
        return response.writeHead(401).end();
      }
      const value = (name: string): string => given.params.get(name) ?? "";
      const expected = digestResponse({
        ...{ algorithm: "SHA-256", username: "u", password: "p", realm: "r", nonce: "n", qop: "auth" },
        ...{ uri: "/f", nc: value("nc"), cnonce: value("cnonce"), method: request.method ?? "" },
      });
      return response.writeHead(value("response") === expected ? 200 : 403).end("ok");
    });
    const { files } = await fixture(t);
    if (direction === "download") await files.download(at(`${origin}/f`, "u", "p"), "a", SIGNAL);
    else await files.upload(at(`${origin}/f`, "u", "p"), Buffer.from("content"), SIGNAL);
    assert.equal(requests.length, 2);
  });
}

test("C-036 Basic is answered where it is asked for, and a wrong password is 9012", async (t) => {
  const { origin } = await serve(t, (request, response) => {
    const right = request.headers.authorization === `Basic ${Buffer.from("u:p").toString("base64")}`;
    if (!right) response.setHeader("WWW-Authenticate", 'Basic realm="r"');
    response.writeHead(right ? 200 : 401).end("ok");
  });
  const { files } = await fixture(t);
  await files.download(at(origin, "u", "p"), "a", SIGNAL);
  await assert.rejects(files.download(at(origin, "u", "hunter2"), "b", SIGNAL), (error: Error) => {
    assert.doesNotMatch(error.message, /hunter2|ManagementServer/);
    return fault(9012)(error);
  });
  await assert.rejects(files.download(at(origin), "b", SIGNAL), fault(9012));
});

for (const [status, download, upload] of [
  [401, 9012, 9012],
  [403, 9012, 9012],
  [404, 9016, 9016],
  [410, 9016, 9016],
  [500, 9010, 9011],
  [206, 9010, 9011],
] as const) {
  test(`C-181 HTTP status ${status} is ${download} for a download, ${upload} for an upload`, async (t) => {
    const { origin } = await serve(t, (_request, response) => response.writeHead(status).end("x"));
    const { files, folder } = await fixture(t);
    await assert.rejects(files.download(at(origin), "a", SIGNAL), fault(download));
    await assert.rejects(files.upload(at(origin), Buffer.from("x"), SIGNAL), fault(upload));
    assert.deepEqual(await readdir(folder), []);
  });
}

test("C-181 nobody listens: 9015", async (t) => {
  const { files } = await fixture(t);
  await assert.rejects(files.download(at("http://127.0.0.1:1/"), "a", SIGNAL), fault(9015));
});

test("C-181 C-286 a download that is cut off is 9017, and the part is removed", async (t) => {
  const { origin } = await serve(t, (_request, response) => {
    response.writeHead(200, { "Content-Length": 100 });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  const { files, folder } = await fixture(t);
  await assert.rejects(files.download(at(origin), "a", SIGNAL), fault(9017));
  assert.deepEqual(await readdir(folder), []);
});

test("C-286 a file above the limit is 9010, announced or not, and nothing of it stays", async (t) => {
  const { origin } = await serve(t, (request, response) => {
    if (request.url === "/long") response.setHeader("Content-Length", 1001);
    response.write("x".repeat(600));
    response.end("x".repeat(401));
  });
  const { files, folder } = await fixture(t);
  await assert.rejects(files.download(at(`${origin}/long`), "a", SIGNAL), fault(9010));
  await assert.rejects(files.download(at(`${origin}/chunked`), "a", SIGNAL), fault(9010));
  assert.deepEqual(await readdir(folder), []);
});

test("a redirect is followed; another server gets no password, and a circle ends in 9010", async (t) => {
  const other = await serve(t, (_request, response) => {
    response.setHeader("WWW-Authenticate", 'Basic realm="r"');
    response.writeHead(401).end();
  });
  const { origin } = await serve(t, (request, response) => {
    const target: Record<string, string> = { "/a": "/b", "/loop": "/loop", "/away": other.origin };
    const location = target[request.url ?? ""];
    if (location !== undefined) response.setHeader("Location", location);
    response.writeHead(location === undefined ? 200 : 307).end("here");
  });
  const { files } = await fixture(t);
  assert.equal((await files.download(at(`${origin}/a`), "a", SIGNAL)).bytes, 4);
  await assert.rejects(files.download(at(`${origin}/loop`), "b", SIGNAL), fault(9010));
  await assert.rejects(files.download(at(`${origin}/away`, "u", "p"), "c", SIGNAL), fault(9012));
  assert.deepEqual(
    other.requests.map(({ headers }) => headers.authorization),
    [undefined],
  );
});

test("C-181 a server that falls silent is given up: 9015 before its answer, 9017 in the middle of it", async (t) => {
  const { origin, requests } = await serve(t, (request, response) => {
    if (request.url === "/half") response.writeHead(200, { "Content-Length": 100 }).write("half");
  });
  const { files, folder, time } = await fixture(t);
  const silent = assert.rejects(files.download(at(`${origin}/never`), "a", SIGNAL), fault(9015));
  await until(() => requests.length === 1);
  await time.advance(60_000);
  await silent;
  const half = assert.rejects(files.download(at(`${origin}/half`), "a", SIGNAL), fault(9017));
  await until(() => requests.length === 2);
  while ((await readdir(folder)).length === 0) await time.advance(0);
  await time.advance(60_000);
  await half;
  assert.deepEqual(await readdir(folder), []);
});

test("a signal ends a transfer at once", async (t) => {
  const { origin, requests } = await serve(t, () => {});
  const { files } = await fixture(t);
  const abort = new AbortController();
  const ended = assert.rejects(files.download(at(origin), "a", abort.signal), { code: "SESSION_ABORTED" });
  await until(() => requests.length === 1);
  abort.abort();
  await ended;
  await assert.rejects(files.download(at(origin), "a", abort.signal), { code: "SESSION_ABORTED" });
});

test("C-286 everything but the named files is removed from the folder", async (t) => {
  const { origin } = await serve(t, (_request, response) => response.end("x"));
  const { files, folder } = await fixture(t);
  await files.keepOnly([]);
  await files.download(at(origin), "a", SIGNAL);
  await files.download(at(origin), "b", SIGNAL);
  await writeFile(join(folder, "c.part"), "");
  await files.keepOnly(["b"]);
  assert.deepEqual(await readdir(folder), ["b"]);
});

test("no file of another folder is removed, written or handed on through a link", async (t) => {
  const { origin } = await serve(t, (_request, response) => response.end("content"));
  const { files, folder } = await fixture(t);
  const other = await temporaryFolder(t);
  await writeFile(join(other, "kept"), "mine");
  await files.download(at(origin), "a", SIGNAL);
  await symlink(join(other, "kept"), join(folder, "b.part"));
  await files.download(at(origin), "b", SIGNAL);
  await symlink(join(other, "kept"), join(folder, "c"));
  assert.equal(await files.find("c"), null);
  await assert.rejects(files.read("c"), { code: "STATE_IO" });
  await rm(folder, { recursive: true });
  await symlink(other, folder);
  await files.keepOnly([]);
  await assert.rejects(files.download(at(origin), "kept", SIGNAL), { code: "STATE_IO" });
  assert.equal(await readFile(join(other, "kept"), "utf8"), "mine");
});

test("a host that the settings do not list is denied: at once, and where a redirect leads to it", async (t) => {
  const { origin, requests } = await serve(t, (request, response) => {
    if (request.url === "/away") response.writeHead(302, { Location: origin.replace("127.0.0.1", "localhost") }).end();
    else response.end("content");
  });
  const { files } = await fixture(t, 1000, (hostname) => hostname === "127.0.0.1");
  await files.download(at(origin), "a", SIGNAL);
  const denied = /the setting transfers\.allowedHosts does not list localhost$/;
  for (const attempt of [
    () => files.download(at(origin.replace("127.0.0.1", "localhost")), "b", SIGNAL),
    () => files.download(at(`${origin}/away`), "b", SIGNAL),
    () => files.fetch(at(`${origin}/away`), 1000, SIGNAL),
    () => files.upload(at(`${origin}/away`), Buffer.from("content"), SIGNAL),
  ]) {
    await assert.rejects(attempt, (error: Error) => fault(9001)(error) && denied.test(error.message));
  }
  assert.deepEqual(new Set(requests.map(({ headers }) => headers.host?.split(":")[0])), new Set(["127.0.0.1"]));
});

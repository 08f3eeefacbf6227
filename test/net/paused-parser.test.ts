import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { fileTransfer } from "../helpers/file-transfer.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** As much as undici takes before it holds back: the end of the connection comes while the first piece is being written. */
const CONTENT = Buffer.alloc(64 * 1024, "firmware ");
const TIMES = 10;

async function download(t: TestContext, answer: readonly (string | Buffer)[]): Promise<Buffer> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      for (const part of answer) socket.write(part);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const folder = join(await temporaryFolder(t), "transfers");
  const files = fileTransfer({
    folder,

    scheduler: createFakeTime().scheduler,

    maxFileBytes: 1_000_000,
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/new.rom`;
  const from = { url, username: "", password: "" };
  const { path } = await files.download(from, "transfer-1", new AbortController().signal);
  return readFile(path);
}

const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

for (const [what, head] of [
  ["says how much it sends", `HTTP/1.0 200 OK\r\nContent-Length: ${CONTENT.length}\r\n\r\n`],
  ["sends until it hangs up", "HTTP/1.0 200 OK\r\n\r\n"],
  ["hangs up after each answer", `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${CONTENT.length}\r\n\r\n`],
] as const) {
  test(`a server that ${what} may end the connection while the file is still being written`, async (t) => {
    for (let time = 0; time < TIMES; time++) {
      assert.equal(hashOf(await download(t, [head, CONTENT])), hashOf(CONTENT));
    }
  });
}

test("a file that is cut off is no file, however the connection ends", async (t) => {
  const head = `HTTP/1.0 200 OK\r\nContent-Length: ${2 * CONTENT.length}\r\n\r\n`;
  await assert.rejects(download(t, [head, CONTENT]), (error) => error instanceof CwmpFault && error.faultCode === 9017);
});

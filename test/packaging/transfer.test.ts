import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const ROOT = new URL("../../", import.meta.url);
const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(`src/${path}`, ROOT)));

test("files are fetched and given by the part of undici that the package has", async (t) => {
  const folder = await temporaryFolder(t);
  let uploaded = "";
  const server = createServer(async (request, response) => {
    if (request.method === "PUT") uploaded = (await request.toArray()).join("");
    response.end(request.method === "GET" ? "the new firmware" : "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  writeFileSync(
    join(folder, "entry.ts"),
    `
import { createFileServers } from ${source("net/file-transfer.ts")};
import { createSystemClock } from ${source("system/clock.ts")};
import { createScheduler } from ${source("system/scheduler.ts")};
import { createSystemRandom } from ${source("system/system-random.ts")};
import { readFileSync } from "node:fs";
const log = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
const files = createFileServers({
  connectMs: 30_000, refuseInsecure: false, tls: { minVersion: "TLSv1.2" }, maxFileBytes: 1000, userAgent: "test", log,
  scheduler: createScheduler(createSystemClock(), (error) => { throw error; }), random: createSystemRandom(),
}).into(${JSON.stringify(join(folder, "transfers"))});
const server = { url: process.argv[2], username: "", password: "" };
const { signal } = new AbortController();
async function go() {
  const { path } = await files.download(server, "transfer-1", signal);
  await files.upload(server, new TextEncoder().encode("all settings"), signal);
  console.log(readFileSync(path, "utf8"));
}
void go();
`,
  );
  const { bundle } = await import(new URL("scripts/package/bundle.mjs", ROOT).href);
  const { files } = await bundle(join(folder, "entry.ts"));
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const [{ name }] = files;
  const main = readFileSync(new URL("packaging/main.cjs", ROOT), "utf8").replaceAll("@BUNDLE@", name);
  writeFileSync(join(folder, "main.cjs"), main);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/new.rom`;
  const child = spawn(process.execPath, [join(folder, "main.cjs"), url], { stdio: ["ignore", "pipe", "inherit"] });
  const said = (await child.stdout.toArray()).join("");
  assert.deepEqual([said, uploaded], ["the new firmware\n", "all settings"]);
});

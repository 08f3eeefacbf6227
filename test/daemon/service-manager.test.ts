import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { createServiceManager } from "../../src/daemon/service-manager.ts";
import { phoneFolder } from "../helpers/daemon-process.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { startRawAcs } from "../helpers/raw-acs.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** A `systemd-notify` first in the PATH that writes down what it is told. */
async function withNotify(t: TestContext) {
  const folder = await temporaryFolder(t);
  const told = join(folder, "told");
  const program = join(folder, "systemd-notify");
  await writeFile(program, `#!/bin/sh\necho "$*" >>"${told}"\n`);
  await chmod(program, 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path}`;
  t.after(() => {
    process.env.PATH = path;
  });
  /** All that was told, once it holds `text`. */
  const until = async (text: string): Promise<readonly string[]> => {
    for (;;) {
      const lines = (await readFile(told, "utf8").catch(() => "")).trim().split("\n");
      if (lines.includes(text)) return lines;
      await passed(10);
    }
  };
  return { until, told, path: process.env.PATH };
}

test("systemd is told that the agent is up, that it is alive, and that it stops", async (t) => {
  const { until } = await withNotify(t);
  const env = { NOTIFY_SOCKET: "/some/socket", WATCHDOG_USEC: "60000", WATCHDOG_PID: String(process.pid) };
  const service = createServiceManager({ env, log: silentLogger });
  service.ready();
  await until("WATCHDOG=1");
  service.stopping();
  const lines = await until("STOPPING=1");
  assert.ok(lines.includes("READY=1"));
});

test("without a service manager, and for another process's watchdog, nothing is told", async (t) => {
  const { until } = await withNotify(t);
  const nobody = createServiceManager({ env: { WATCHDOG_USEC: "1000" }, log: silentLogger });
  nobody.ready();
  nobody.stopping();
  const another = { NOTIFY_SOCKET: "/some/socket", WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" };
  const service = createServiceManager({ env: another, log: silentLogger });
  service.ready();
  await until("READY=1");
  service.stopping();
  assert.deepEqual(await until("STOPPING=1"), ["READY=1", "STOPPING=1"]);
});

test("an agent that stood still for half a watchdog interval says so, and goes on saying that it is alive", async (t) => {
  const { until, told } = await withNotify(t);
  const log = createMemoryLogger();
  const service = createServiceManager({ env: { NOTIFY_SOCKET: "/some/socket", WATCHDOG_USEC: "400000" }, log });
  service.ready();
  t.after(() => service.stopping());
  await until("READY=1");
  const end = performance.now() + 400;
  while (performance.now() < end);
  await until("WATCHDOG=1");
  const [warning] = log.at("warn");
  assert.match(
    warning?.message ?? "",
    /^The agent stood still for [\d.]+ s or more: .*; systemd ends it after 0\.4 s$/,
  );
  await writeFile(told, "");
  await until("WATCHDOG=1");
});

test("C-283 an agent that is at work on large messages without a pause says that it is alive all the while", async (t) => {
  const { told, path } = await withNotify(t);
  const signs = (): number => (existsSync(told) ? readFileSync(told, "utf8").split("WATCHDOG=1").length - 1 : 0);
  let before = Number.NaN;
  let asked = 0;
  const acs = await startRawAcs(({ body }) => {
    if (body.includes("<cwmp:Inform>"))
      return answer(body, "<c:InformResponse><MaxEnvelopes>1</MaxEnvelopes></c:InformResponse>");
    if (asked === 0) before = signs();
    // The session goes on for as long as it takes to hear of it again and again.
    if (signs() > before + 5) return "HTTP/1.1 204 No Content\r\n\r\n";
    asked++;
    return answer(body, `<c:GetParameterValues><ParameterNames>${LARGE}</ParameterNames></c:GetParameterValues>`);
  });
  t.after(() => acs.close());
  const phone = await phoneFolder(await temporaryFolder(t), acs.origin);
  const process = phone.start(t, { PATH: path, NOTIFY_SOCKET: "/some/socket", WATCHDOG_USEC: "400000" });
  while (!process.log().includes("Session complete")) await passed(20);
  assert.ok(asked > 0);
  assert.equal(await process.end("SIGTERM"), 0);
});

const LARGE = "<string>Device.Time.NTPServer1</string>".repeat(3_000);

function answer(request: Buffer, rpc: string): string {
  const id = /:ID[^>]*>([^<]*)</.exec(request.toString())?.[1] ?? "acs";
  const xml = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Header><c:ID s:mustUnderstand="1">${id}</c:ID></s:Header><s:Body>${rpc}</s:Body></s:Envelope>`;
  return `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${Buffer.byteLength(xml)}\r\n\r\n${xml}`;
}

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { type Daemon, startDaemon } from "../../src/daemon/daemon.ts";
import { createMemoryLogger, type MemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

// A process of its own: what it has loaded is looked at.

const { cache } = createRequire(import.meta.url);

interface Started {
  readonly daemon: Daemon;
  readonly log: MemoryLogger;
}

async function start(t: TestContext, metrics: string, acsUrl = "http://127.0.0.1:9/"): Promise<Started> {
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `phone: { mac: "0c:11:05:00:00:07" }\nstateFolder: state\nlisten: { address: 127.0.0.1, port: 0, udpPort: 0 }\n` +
      `tr069: { enable: true, acs: { url: "${acsUrl}" }, cpe: { username: acs, password: knock } }\nmetrics: ${metrics}\n`,
  );
  const log = createMemoryLogger();
  const daemon = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "1.2.3", log });
  t.after(() => daemon.stop());
  return { daemon, log };
}

// First in this file: modules stay loaded.
test("metrics that are off are not served, and their library is not even loaded", async (t) => {
  const { log } = await start(t, "{ enable: false }");
  assert.doesNotMatch(log.text(), /metrics/i);
  assert.deepEqual(
    Object.keys(cache).filter((path) => path.includes("prom-client")),
    [],
  );
});

test("metrics that are on are served until the daemon stops, and tell of this agent, its ports and its ACS", async (t) => {
  const acs = createHttpServer((_request, response) => void response.writeHead(503).end());
  await new Promise<void>((resolve) => void acs.listen(0, "127.0.0.1", resolve));
  t.after(() => acs.close());
  const { port } = acs.address() as AddressInfo;
  const { daemon, log } = await start(t, "{ enable: true, port: 0 }", `http://127.0.0.1:${port}/`);
  assert.ok(Object.keys(cache).some((path) => path.includes("prom-client")));
  const [url = assert.fail("no URL in the log")] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(log.text()) ?? [];
  const { agent } = daemon;
  if (agent.history.count === 0) await new Promise<void>((resolve) => void agent.history.onEnd(() => resolve()));
  const { connectionRequests } = await agent.local.status();
  assert.equal((await fetch(connectionRequests.url)).status, 401);
  const seen = await scrapeUntil(url, /transport="udp",result="malformed"\} 1$/m, () =>
    sendRequest(connectionRequests),
  );
  assert.match(seen, /^akuvox_cpe_build_info\{version="1\.2\.3",/m);
  assert.match(seen, /^akuvox_cpe_agents\{phase="\w+"\} 1$/m);
  assert.match(seen, /^akuvox_cpe_sessions_total\{outcome="failure",trigger="0 BOOTSTRAP"\} 1$/m);
  assert.match(seen, /^akuvox_cpe_session_failures_total\{reason="ACS_HTTP_STATUS"\} 1$/m);
  assert.match(seen, /^akuvox_cpe_connection_requests_total\{transport="http",result="challenged"\} 1$/m);
  assert.match(seen, /^akuvox_cpe_acs_connections_total 1$/m);
  assert.match(seen, /^akuvox_cpe_acs_bytes_total\{direction="sent"\} [1-9]/m);
  await daemon.stop();
  await assert.rejects(fetch(url));
});

/** A datagram is answered with nothing: only the figures tell that it has come. */
async function scrapeUntil(url: string, shown: RegExp, first: () => void): Promise<string> {
  first();
  for (;;) {
    const text = await (await fetch(url)).text();
    if (shown.test(text)) return text;
  }
}

function sendRequest({ udpAddress }: { readonly udpAddress: string }): void {
  const [, port] = /:(\d+)$/.exec(udpAddress) ?? assert.fail(`no UDP port in "${udpAddress}"`);
  const socket = createSocket("udp4");
  socket.send("no request", Number(port), "127.0.0.1", () => socket.close());
}

async function listening(t: TestContext): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

for (const [face, more] of [
  ["metrics", ""],
  ["web", ", username: admin, password: sesame"],
]) {
  test(`a ${face} port in use stops the start before the ACS hears of the phone, with the setting to change`, async (t) => {
    const [taken, acs] = [await listening(t), await listening(t)];
    let calls = 0;
    acs.on("connection", (socket) => {
      calls++;
      socket.destroy();
    });
    const settings = `{ enable: true, port: ${portOf(taken)}${more} }`;
    const yaml = face === "metrics" ? settings : `{ enable: false }\nweb: ${settings}`;
    await assert.rejects(start(t, yaml, `http://127.0.0.1:${portOf(acs)}/`), (error) => {
      assert.ok(isAgentError(error, "LISTEN"));
      assert.match(error.message, new RegExp(`set another ${face}\\.port`));
      return true;
    });
    assert.equal(calls, 0);
  });
}

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { type Daemon, startDaemon } from "../../src/daemon/daemon.ts";
import { createMemoryLogger, type MemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const { cache } = createRequire(import.meta.url);

interface Started {
  readonly daemon: Daemon;
  readonly log: MemoryLogger;
}

async function start(t: TestContext, metrics: string): Promise<Started> {
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `phone: { mac: "0c:11:05:00:00:07" }\nstateFolder: state\nlisten: { address: 127.0.0.1, port: 0 }\n` +
      `tr069: { enable: true, acs: { url: "http://127.0.0.1:9/" } }\nmetrics: ${metrics}\n`,
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

test("metrics that are on are served until the daemon stops, and tell of this agent", async (t) => {
  const { daemon, log } = await start(t, "{ enable: true, port: 0 }");
  assert.ok(Object.keys(cache).some((path) => path.includes("prom-client")));
  const [url = assert.fail("no URL in the log")] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(log.text()) ?? [];
  await new Promise<void>((resolve) => void daemon.agent.history.onEnd(() => resolve()));
  const text = await (await fetch(url)).text();
  assert.match(text, /^akuvox_cpe_build_info\{version="1\.2\.3",/m);
  assert.match(text, /^akuvox_cpe_sessions_total\{outcome="failure",trigger="0 BOOTSTRAP"\} 1$/m);
  assert.match(text, /^akuvox_cpe_session_failures_total\{reason="ACS_UNREACHABLE"\} 1$/m);
  await daemon.stop();
  await assert.rejects(fetch(url));
});

test("a metrics port that is in use stops the start with a word about which setting to change", async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => void taken.listen(0, "127.0.0.1", resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  await assert.rejects(start(t, `{ enable: true, port: ${port} }`), (error) => {
    assert.ok(isAgentError(error, "LISTEN"));
    assert.match(error.message, /set another metrics\.port/);
    return true;
  });
});

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { createAcs } from "../../src/acs/acs.ts";
import { type PnpEvent, startPnp } from "../../src/cli/acs/pnp.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { REAL_PORTS } from "../helpers/registrar.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

test("a bare phone, which knows no server at all, finds its file by PnP, and the file brings it to its ACS", async (t) => {
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, authentication: { scheme: "none" } },
    ...REAL_PORTS,
  });
  t.after(() => acs.close());
  const asked: string[] = [];
  const files = createServer(({ url = "" }, response) => {
    asked.push(url);
    if (!url.endsWith("/0c1105000006.cfg")) response.writeHead(404).end();
    else response.end(`Config.TR069.General.Enable = 1\nConfig.TR069.ManagementServer.URL = ${acs.url}\n`);
  });
  await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
  t.after(() => files.close());
  const prov = `http://127.0.0.1:${(files.address() as AddressInfo).port}/prov`;
  const answerer = await startPnp({ pnp: prov, pnpPort: 0, address: "127.0.0.1" }, REAL_PORTS);
  assert(answerer !== null);
  t.after(() => answerer.close());
  const questions: PnpEvent[] = [];
  answerer.onEvent((event) => void questions.push(event));

  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `phone: { mac: "0c:11:05:00:00:06" }
backend: { type: simulated, inMemory: true }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
autop: { powerOnSpreadSeconds: 0, pnp: { enable: true, port: ${answerer.port} } }
`,
  );
  const came = acs.waitForSession(() => true);
  const log = createMemoryLogger();
  const { stop } = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "0", log });
  t.after(stop);
  const { events } = await came;
  assert.deepEqual(
    events.map(({ eventCode }) => eventCode),
    ["0 BOOTSTRAP", "1 BOOT"],
  );
  assert.deepEqual(asked, ["/prov/r000000000053.cfg", "/prov/0c1105000006.cfg"]);
  assert.deepEqual(
    questions.map(({ macAddress, userAgent }) => [macAddress, userAgent]),
    [["0c1105000006", "Akuvox SP-R53P 53.0.6.45"]],
  );
});

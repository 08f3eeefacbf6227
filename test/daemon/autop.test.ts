import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const NAME = "Config.Account1.GENERAL.UserName";

test("a YAML file names a configuration file beside it, which names a server, which has one for this phone", async (t) => {
  const server = createServer(({ url }, response) => {
    if (url === "/0c1105000006.cfg") response.end(`${NAME} = from the server\n`);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await writeFile(
    join(folder, "desk.cfg"),
    `${NAME} = from the file\nConfig.Autoprovision.GENERAL.Url = ${url}\nConfig.Autoprovision.MODE.Mode = 0\n`,
  );
  await writeFile(
    file,
    `
phone: { mac: "0c:11:05:00:00:06" }
backend: { type: simulated, file: phone.cfg }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
autop: { file: desk.cfg }
`,
  );
  const log = createMemoryLogger();
  const { agent, stop } = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "0", log });
  t.after(stop);
  const name = async (): Promise<string | undefined> => (await agent.local.readSettings([NAME])).get(NAME);
  assert.equal(await name(), "from the file");
  assert.equal((await agent.local.checkAutop()).kind, "applied");
  assert.equal(await name(), "from the server");
  assert.match(log.text(), /desk\.cfg/);
});

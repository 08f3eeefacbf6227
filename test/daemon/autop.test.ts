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

test("a server that transfers.allowedHosts does not list is never asked", async (t) => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    response.end(`${NAME} = from the server\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await writeFile(join(folder, "phone.cfg"), `Config.Autoprovision.GENERAL.Url = ${url}\n`);
  const settings = (hosts: string): string => `
phone: { mac: "0c:11:05:00:00:06" }
backend: { type: simulated, file: phone.cfg }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
transfers: { allowedHosts: [${hosts}] }
`;
  const check = async (hosts: string): Promise<string> => {
    await writeFile(file, settings(hosts));
    const log = createMemoryLogger();
    const { agent, stop } = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "0", log });
    try {
      return JSON.stringify(await agent.local.checkAutop());
    } finally {
      await stop();
    }
  };
  assert.match(await check("files.example.com"), /transfers\.allowedHosts does not list 127\.0\.0\.1/);
  assert.equal(requests, 0);
  await check("127.0.0.0/8");
  assert.ok(requests > 0, "it is asked where it is listed");
});

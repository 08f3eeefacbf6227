import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../../src/config/load-config.ts";
import { createProcessPorts, openSharedParts } from "../../../src/daemon/phones/shared-parts.ts";
import { answerChallenge, readChallenge } from "../../helpers/digest-client.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const LOGIN = { username: "acs", password: "hush" };

async function request(url: string): Promise<number> {
  const first = await fetch(url);
  const challenge = readChallenge(first.headers.get("www-authenticate") ?? "");
  const authorization = answerChallenge({ ...LOGIN, uri: new URL(url).pathname, challenge });
  return (await fetch(url, { headers: { authorization } })).status;
}

test("the port accepts so many connection requests a second of all phones as listen.requestsPerSecond says", async (t) => {
  const file = join(await temporaryFolder(t), "config.yaml");
  await writeFile(file, "listen: { address: 127.0.0.1, port: 0, requestsPerMinute: 100, requestsPerSecond: 3 }\n");
  const log = createMemoryLogger();
  const { clock, scheduler, advance } = createFakeTime();
  const ports = { ...createProcessPorts(log), clock, scheduler };
  const shared = await openSharedParts(ports, { config: loadConfig(file, {}), version: "1.2.3", udpSockets: 0 });
  t.after(() => shared.close());
  assert.equal(shared.udpConnectionRequests, null);
  const open = async (phone: string) => {
    const endpoint = {
      token: phone,
      phone,
      cpeUrl: () => null,
      credentials: () => LOGIN,
      requested: () => {},
      available: () => true,
    };
    const { host, port } = await shared.connectionRequests.listen(endpoint);
    return `http://${host}:${port}/${phone}`;
  };
  const [one, two] = [await open("one"), await open("two")];
  assert.deepEqual(
    [await request(one), await request(two), await request(one), await request(two)],
    [200, 200, 200, 503],
  );
  await advance(1_000);
  assert.equal(await request(two), 200);
  const accepted = log.lines.filter(({ message }) => message === "a connection request was accepted");
  assert.deepEqual(
    accepted.map(({ fields }) => fields.phone),
    ["one", "two", "one", "two"],
  );
});

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "../helpers/daemon-process.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { until } from "../helpers/transport.ts";

test("the log begins with who this phone is and how it is reached, and says that no session will be opened", async (t) => {
  const folder = await temporaryFolder(t);
  const config = join(folder, "config.yaml");
  writeFileSync(
    config,
    `tr069: { enable: true }
phone: { mac: "0c:11:05:00:00:07" }
backend: { type: simulated, file: phone.cfg }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
`,
  );
  const daemon = runCli(t, ["run", "--config", config]);
  await until(() => daemon.log().includes("no session is opened until"));
  const lines = daemon
    .log()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const up = lines.find(({ msg }) => msg === "The agent is up");
  assert.equal(up?.serialNumber, "0C1105000007");
  assert.equal(up.acs, "");
  assert.match(String(up.version), /^\d+\.\d+\.\d+/);
  assert.match(String(up.connectionRequestUrl), /^http:\/\/127\.0\.0\.1:\d+\/\S+$/);
  assert.deepEqual(
    lines.filter(({ level }) => level === "warn").map(({ msg }) => msg),
    [
      "TR-069 is on, but no ACS is set: no session is opened until tr069.acs.url, the phone's file or its web page names one",
    ],
  );
  assert.equal(await daemon.end("SIGTERM"), 0);
});

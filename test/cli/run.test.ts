import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "../helpers/daemon-process.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { until } from "../helpers/transport.ts";

test("an option with a wrong value is named, and nothing is started", async (t) => {
  const daemon = runCli(t, ["run", "--log-level", "loud"]);
  assert.equal(await daemon.ended, 2);
  assert.match(daemon.log(), /^command line: --log-level: log\.level must be one of debug, info, warn/);
});

test("the ACS and the serial number can be said on the command line", async (t) => {
  const folder = await temporaryFolder(t);
  const config = join(folder, "config.yaml");
  writeFileSync(
    config,
    `tr069: { enable: false }
backend: { type: simulated, file: phone.cfg }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
`,
  );
  const options = ["--acs-url", "http://127.0.0.1:9/", "--serial", "MY-PHONE"];
  const daemon = runCli(t, ["run", "--config", config, ...options]);
  await until(() => daemon.log().includes("The agent is up"));
  assert.match(daemon.log(), /"serialNumber":"MY-PHONE","acs":"http:\/\/127\.0\.0\.1:9\/"/);
  await daemon.end("SIGTERM");
});

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

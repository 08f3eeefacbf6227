import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { askServer } from "../../src/agent/ntp/ask-server.ts";
import { createDatagrams } from "../../src/net/datagrams.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { freePort } from "../helpers/free-port.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { until } from "../helpers/transport.ts";

const STRATUM = 7;

/** A real time server on loopback that tells the time of this host, which it does not set. */
async function startChrony(t: TestContext, stratum: number): Promise<string> {
  const [folder, port] = [await temporaryFolder(t), await freePort()];
  const file = join(folder, "chrony.conf");
  const lines = [
    ...[`port ${port}`, "bindaddress 127.0.0.1", "allow 127.0.0.1", `local stratum ${stratum}`, "cmdport 0"],
    ...["bindcmdaddress /", `pidfile ${join(folder, "chrony.pid")}`],
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  const chrony = spawn("chronyd", ["-d", "-x", "-u", "root", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  chrony.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(chrony, "close").then(() => assert.fail(`chronyd has ended: ${said}`));
  ended.catch(() => {});
  t.after(async () => {
    chrony.kill();
    await ended.catch(() => {});
  });
  await Promise.race([ended, until(() => said.includes("chronyd version"))]);
  return `127.0.0.1:${port}`;
}

test("chrony tells the phone the time of this host, and its own stratum", async (t) => {
  const server = await startChrony(t, STRATUM);
  const clock = createSystemClock();
  const ports = { clock, scheduler: createScheduler(clock, () => {}), random: createSystemRandom() };
  const datagrams = createDatagrams(createMemoryLogger());
  const ask = () => askServer(server, datagrams, ports, new AbortController().signal);
  let told = await ask();
  for (let tries = 0; tries < 20 && told.kind !== "time"; tries++) told = await ask();
  assert.ok(told.kind === "time", JSON.stringify(told));
  assert.equal(told.stratum, STRATUM);
  // The two clocks are one: what is between them is how long the answer took.
  const offsetMs = told.aheadOfMonotonicMs + clock.monotonic() - clock.now();
  assert.ok(Math.abs(offsetMs) <= told.roundTripMs + 50, `${offsetMs} ms of ${told.roundTripMs} ms`);
});

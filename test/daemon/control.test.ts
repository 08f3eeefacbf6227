import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { createAcs } from "../../src/acs/acs.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { runCommand } from "../helpers/commands.ts";
import { type DaemonProcess, phoneFolder } from "../helpers/daemon-process.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

async function startAcs(t: TestContext) {
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "digest", users: new Map([["phone", "hush-acs"]]) },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  return acs;
}

async function socketOpen({ child, log }: DaemonProcess): Promise<void> {
  while (!log().includes("The control socket is open")) {
    assert.ok(child.stderr !== null && child.exitCode === null, log());
    await once(child.stderr, "data");
  }
}

describe("commands for an agent that is a process of its own", () => {
  test("a person looks, sets, informs and traces; kill -9 leaves no socket in the way, SIGTERM none at all", async (t) => {
    const acs = await startAcs(t);
    const folder = await temporaryFolder(t);
    const phone = await phoneFolder(folder, acs.url);
    const run = (...args: readonly string[]) => runCommand([...args, "--config", join(folder, "config.yaml")]);
    const first = phone.start(t);
    await acs.waitForSession(({ events }) => events.some(({ eventCode }) => eventCode === "0 BOOTSTRAP"));
    await socketOpen(first);
    assert.equal((await run("status", "--check")).exitCode, 0);

    assert.match((await run("status")).stdout, /^TR-069 +on$/m);
    assert.equal((await run("set", `${LABEL}=Zürich = 1`)).exitCode, 0);
    assert.match((await run("inform")).stdout, /^2 PERIODIC: complete/);
    const trace = await run("trace", "9");
    assert.match(trace.stdout, /HTTP POST {2}Inform/);
    const { sessions } = JSON.parse((await run("trace", "--json", "9")).stdout);
    assert.ok(sessions.length >= 2);

    await first.end("SIGKILL");
    const socket = join(folder, "state", "control.sock");
    assert.ok(existsSync(socket));
    assert.match((await run("status")).stderr, /no agent listens/);
    const second = phone.start(t);
    await socketOpen(second);
    assert.equal((await run("get", "--values", LABEL)).stdout, "Zürich = 1\n");
    assert.equal(await second.end("SIGTERM"), 0);
    assert.ok(!existsSync(socket));
    for (const text of [first.log(), second.log(), trace.stdout]) assert.doesNotMatch(text, /hush/);
  });

  test("an agent whose control socket cannot be opened still meets its ACS, and says so in its log", async (t) => {
    const acs = await startAcs(t);
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, "state"));
    await writeFile(join(folder, "state", "control.sock"), "not a socket");
    const phone = await phoneFolder(folder, acs.url);
    const agent = phone.start(t);
    await acs.waitForSession(({ events }) => events.some(({ eventCode }) => eventCode === "0 BOOTSTRAP"));
    assert.equal(await agent.end("SIGTERM"), 0);
    assert.match(agent.log(), /cannot open the control socket .*something else with that name/);
  });
});

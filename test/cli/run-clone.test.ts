/** `akuvox-cpe run` with a clone, at the embedded ACS. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ANY_DEVICE, createAcs } from "../../src/acs/acs.ts";
import { responseOf } from "../../src/acs/calls.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { PROGRAM } from "../helpers/typescript.ts";

const GATEWAY = fileURLToPath(new URL("../../examples/clone/gateway.json", import.meta.url));
const SSID = "InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.SSID";

test("run with a clone calls the ACS as the device of the dump, with the serial number of the settings", async (t) => {
  const clock = createSystemClock();
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, clock, random: createSystemRandom() },
    authentication: { scheme: "digest", users: new Map([["u", "hush"]]) },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    scheduler: createScheduler(clock, () => {}),
  });
  t.after(() => acs.close());
  const asked = acs.enqueue(ANY_DEVICE, { name: "GetParameterValues", args: { parameterNames: [SSID] } });
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  const settings = {
    tr069: { enable: true, acs: { url: acs.url, username: "u", password: "hush" } },
    phone: { serialNumber: "HG0042", mac: "00:11:22:00:00:42" },
    backend: { type: "simulated", inMemory: true },
    clone: GATEWAY,
    stateFolder: join(folder, "state"),
    listen: { address: "127.0.0.1", port: 0 },
  };
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  const run = spawn(process.execPath, [...PROGRAM, "run", "--config", file], { stdio: "ignore" });
  t.after(() => run.kill("SIGKILL"));
  const ended = once(run, "close");
  const outcome = await Promise.race([asked, ended.then(([code]) => assert.fail(`it ended with ${code}`))]);
  assert.equal(responseOf(outcome, "GetParameterValues")?.parameterList[0]?.value, "home");
  assert.deepEqual(
    acs.devices().map(({ id }) => id),
    ["001122-HG100-HG0042"],
  );
  run.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
});

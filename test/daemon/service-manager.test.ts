import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { createServiceManager } from "../../src/daemon/service-manager.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** A `systemd-notify` first in the PATH that writes down what it is told. */
async function withNotify(t: TestContext) {
  const folder = await temporaryFolder(t);
  const told = join(folder, "told");
  const program = join(folder, "systemd-notify");
  await writeFile(program, `#!/bin/sh\necho "$*" >>"${told}"\n`);
  await chmod(program, 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${path}`;
  t.after(() => {
    process.env.PATH = path;
  });
  /** All that was told, once it holds `text`. */
  const until = async (text: string): Promise<readonly string[]> => {
    for (;;) {
      const lines = (await readFile(told, "utf8").catch(() => "")).trim().split("\n");
      if (lines.includes(text)) return lines;
      await passed(10);
    }
  };
  return { until, told };
}

test("systemd is told that the agent is up, that it is alive, and that it stops", async (t) => {
  const { until } = await withNotify(t);
  const env = { NOTIFY_SOCKET: "/some/socket", WATCHDOG_USEC: "60000", WATCHDOG_PID: String(process.pid) };
  const service = createServiceManager({ env, log: silentLogger });
  service.ready();
  await until("WATCHDOG=1");
  service.stopping();
  const lines = await until("STOPPING=1");
  assert.ok(lines.includes("READY=1"));
});

test("without a service manager, and for another process's watchdog, nothing is told", async (t) => {
  const { until } = await withNotify(t);
  const nobody = createServiceManager({ env: { WATCHDOG_USEC: "1000" }, log: silentLogger });
  nobody.ready();
  nobody.stopping();
  const another = { NOTIFY_SOCKET: "/some/socket", WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" };
  const service = createServiceManager({ env: another, log: silentLogger });
  service.ready();
  await until("READY=1");
  service.stopping();
  assert.deepEqual(await until("STOPPING=1"), ["READY=1", "STOPPING=1"]);
});

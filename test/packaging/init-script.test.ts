/** The script for BusyBox init, with programs of the test's own in place of the agent and the logger. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const SOURCE = readFileSync(new URL("../../packaging/akuvox-cpe.init", import.meta.url), "utf8");

interface Script {
  readonly folder: string;
  run(command: string): string;
  pidOf(name: "akuvox-cpe.pid" | "akuvox-cpe.pid.agent"): number;
}

/** `agent` is a piece of shell; `conf` comes last in the settings of the script. */
async function script(t: TestContext, agent: string, conf = ""): Promise<Script> {
  const last = { stop: () => {} };
  t.after(() => last.stop());
  const folder = await temporaryFolder(t);
  const put = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  };
  put("akuvox-cpe", `#!/bin/sh\n${agent}\n`);
  // Each logger says who it is, and keeps what it hears.
  put("logger", `#!/bin/sh\necho $$ >"${folder}/logger.pid"\nexec cat >>"${folder}/syslog"\n`);
  put("init.conf", `PID_FILE=${folder}/akuvox-cpe.pid\nSTOP_SECONDS=1\nRESTART_SECONDS=1\n${conf}\n`);
  const init = put("akuvox-cpe.init", SOURCE.replaceAll("@BIN@", folder).replaceAll("@ETC@", folder));
  const run = (command: string): string =>
    execFileSync(init, [command], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    }).trim();
  last.stop = () => void run("stop");
  return { folder, run, pidOf: (name) => Number(readFileSync(join(folder, name), "utf8")) };
}

/** One that has ended and that nobody has asked about yet does not count. */
const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 12_000; tries++) {
    if (holds()) return;
    await wait(50);
  }
  assert.fail(`never: ${what}`);
}

const TALKS = `while :; do echo line || exit 0; sleep 0.1; done`;

test("an agent that fails is started again, one whose settings cannot be used is not", async (t) => {
  const own = await script(t, `echo $$ >>"$0.runs"; exit "$(cat "$0.status")"`);
  writeFileSync(join(own.folder, "akuvox-cpe.status"), "1");
  const runs = (): number =>
    existsSync(join(own.folder, "akuvox-cpe.runs"))
      ? readFileSync(join(own.folder, "akuvox-cpe.runs"), "utf8").split("\n").length - 1
      : 0;
  own.run("start");
  await until("a second run", () => runs() >= 2);
  writeFileSync(join(own.folder, "akuvox-cpe.status"), "2");
  await until("the supervisor ends", () => !existsSync(join(own.folder, "akuvox-cpe.pid")));
});

test("a logger that dies takes nothing with it, and is replaced", async (t) => {
  const own = await script(t, TALKS, `SYSLOG_SOCKET="$PWD/none"`);
  const socket = join(own.folder, "log.socket");
  const server = createServer().listen(socket);
  t.after(() => server.close());
  await until("the socket", () => existsSync(socket));
  writeFileSync(
    join(own.folder, "init.conf"),
    `PID_FILE=${own.folder}/akuvox-cpe.pid\nSTOP_SECONDS=1\nSYSLOG_SOCKET=${socket}\n`,
  );
  assert.equal(own.run("start"), "akuvox-cpe started");
  const lines = (): number =>
    existsSync(join(own.folder, "syslog")) ? readFileSync(join(own.folder, "syslog"), "utf8").split("\n").length : 0;
  await until("lines in the log", () => lines() > 3);
  const agent = own.pidOf("akuvox-cpe.pid.agent");
  const logger = Number(readFileSync(join(own.folder, "logger.pid"), "utf8"));
  process.kill(logger, "SIGKILL");
  const before = lines();
  await until("more lines", () => lines() > before + 3);
  assert.ok(isAlive(agent));
  assert.equal(own.run("status"), "akuvox-cpe is running");
  const later = Number(readFileSync(join(own.folder, "logger.pid"), "utf8"));
  assert.notEqual(later, logger);
  assert.equal(own.run("stop"), "akuvox-cpe stopped");
  await until("agent and logger end", () => !isAlive(agent) && !isAlive(later));
  assert.equal(existsSync(join(own.folder, "akuvox-cpe.pid.log")), false);
});

test("an agent that will not end is ended, with its supervisor", async (t) => {
  const own = await script(t, `trap '' TERM INT; ${TALKS.replace("exit 0", ":")}`);
  own.run("start");
  await until("the agent", () => existsSync(join(own.folder, "akuvox-cpe.pid.agent")));
  const agent = own.pidOf("akuvox-cpe.pid.agent");
  assert.equal(own.run("stop"), "akuvox-cpe stopped");
  await until("the agent ends", () => !isAlive(agent));
  assert.throws(() => own.run("status"), { status: 3 });
  assert.equal(own.run("stop"), "akuvox-cpe is not running");
});

test("an agent whose supervisor was killed is ended before the next one starts", async (t) => {
  const own = await script(t, TALKS);
  own.run("start");
  await until("the agent", () => existsSync(join(own.folder, "akuvox-cpe.pid.agent")));
  const agent = own.pidOf("akuvox-cpe.pid.agent");
  process.kill(own.pidOf("akuvox-cpe.pid"), "SIGKILL");
  assert.equal(own.run("start"), "akuvox-cpe started");
  await until("the old agent ends", () => !isAlive(agent));
  await until("a new agent", () => own.pidOf("akuvox-cpe.pid.agent") !== agent);
  assert.equal(own.run("start"), "akuvox-cpe is running");
});

test("a log file that cannot be opened does not keep the agent from starting", async (t) => {
  const own = await script(t, `echo $$ >>"$0.runs"; exec sleep 60`, "LOG_FILE=/no/such/folder/log");
  assert.match(own.run("start"), /started$/);
  await until("it runs", () => existsSync(join(own.folder, "akuvox-cpe.runs")));
});

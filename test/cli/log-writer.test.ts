import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createLogWriter } from "../../src/cli/log-writer.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { PROGRAM } from "../helpers/typescript.ts";

/** A device where every write says that the disk is full. */
const FULL = "/dev/full";
const NO_FULL = existsSync(FULL) ? false : "this system has no /dev/full";

test("a text is in the file when the call returns", async (t) => {
  const path = join(await temporaryFolder(t), "log");
  const fd = openSync(path, "a");
  const write = createLogWriter(fd);
  write("one\n");
  write("two\n");
  assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
  closeSync(fd);
  assert.throws(() => write("three\n"), { code: "EBADF" });
});

test("a text that cannot be written is told", { skip: NO_FULL }, () => {
  const fd = openSync(FULL, "a");
  assert.throws(() => createLogWriter(fd)("one\n"), { code: "ENOSPC" });
  closeSync(fd);
});

/** The daemon with its log there, and its control socket as the sign that it is up. */
async function daemon(folder: string, stderr: "pipe" | number, format: string) {
  const config = join(folder, "config.yaml");
  await writeFile(
    config,
    `backend: simulated\nphone: { mac: "0c:11:05:00:00:07" }\nstateFolder: state\nlog: { format: ${format}, level: debug }\nlisten: { address: 127.0.0.1, port: 0 }\n`,
    { mode: 0o600 },
  );
  const child = spawn(process.execPath, [...PROGRAM, "run", "--config", config], {
    stdio: ["ignore", "ignore", stderr],
  });
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return { child, ended, config };
}

async function status(config: string): Promise<number | null> {
  const asked = spawn(process.execPath, [...PROGRAM, "status", "--check", "--config", config], {
    stdio: "ignore",
  });
  const [code] = (await once(asked, "close")) as [number | null];
  return code;
}

/** Until the agent answers, or has ended. */
async function isUp(config: string, ended: Promise<unknown>): Promise<boolean> {
  let gone = false;
  void ended.then(() => {
    gone = true;
  });
  for (;;) {
    if (gone) return false;
    // It is in touch with no ACS: that it says so is all that is asked.
    if ((await status(config)) !== null && existsSync(join(config, "..", "state", "control.sock"))) return true;
  }
}

for (const format of ["json", "pretty"]) {
  test(`a daemon whose log (${format}) is on a full disk starts, and ends when it is told to`, {
    skip: NO_FULL,
  }, async (t) => {
    const fd = openSync(FULL, "a");
    const { child, ended, config } = await daemon(await temporaryFolder(t), fd, format);
    t.after(() => child.kill("SIGKILL"));
    closeSync(fd);
    assert.ok(await isUp(config, ended));
    child.kill("SIGTERM");
    assert.equal(await ended, 0);
  });

  test(`a daemon whose log (${format}) nobody reads any more goes on`, async (t) => {
    const { child, ended, config } = await daemon(await temporaryFolder(t), "pipe", format);
    t.after(() => child.kill("SIGKILL"));
    child.stderr?.once("data", () => child.stderr?.destroy());
    assert.ok(await isUp(config, ended));
    child.kill("SIGTERM");
    assert.equal(await ended, 0);
  });
}

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Hono } from "hono";
import { type ControlServer, startControlServer } from "../../src/control/control-server.ts";
import { makeSocket } from "../../src/control/socket-place.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

async function started(t: TestContext, path: string, text = "here"): Promise<ControlServer> {
  const server = await startControlServer(async () => new Hono().get("/", (c) => c.text(text)), path);
  t.after(() => server.close());
  return server;
}

function ask(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: "/", agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve(Buffer.concat(chunks).toString());
    });
    asked.on("error", reject);
    asked.end();
  });
}

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

function listenError(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isAgentError(error, "LISTEN"), String(error));
    assert.match(error.message, pattern);
    return true;
  };
}

/** The socket of a process that was killed. */
async function staleSocket(path: string): Promise<void> {
  const code = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
  assert.ok((await lstat(path)).isSocket());
}

describe("the control socket", () => {
  test("is for its owner alone, as is the folder that was made for it, and goes with the agent", async (t) => {
    const path = join(await temporaryFolder(t), "a", "b", "control.sock");
    const server = await started(t, path);
    assert.equal(await ask(path), "here");
    assert.equal(await mode(path), "600");
    assert.equal(await mode(dirname(path)), "700");
    assert.deepEqual(await readdir(dirname(path)), ["control.sock"], "nothing else is left there");
    await server.close();
    assert.deepEqual(await readdir(dirname(path)), []);
  });

  test("nobody else can reach it before it is theirs alone", async (t) => {
    const folder = join(await temporaryFolder(t), "run");
    await mkdir(folder, { mode: 0o755 });
    const path = join(folder, "control.sock");
    const seen: string[] = [];
    const server = createServer();
    t.after(() => server.close());
    const own = await makeSocket(path, async (made) => {
      seen.push(await mode(dirname(made)), String(existsSync(path)));
      await once(server.listen(made), "listening");
      seen.push(String(existsSync(path)));
    });
    assert.deepEqual(seen, ["700", "false", "false"], "it comes into being in a folder that is closed to others");
    await own.remove();
  });

  test("a folder that is there keeps its mode", async (t) => {
    const folder = join(await temporaryFolder(t), "run");
    await mkdir(folder, { mode: 0o755 });
    await started(t, join(folder, "control.sock"));
    assert.equal(await mode(folder), "755");
  });

  test("the socket of a process that was killed is replaced", async (t) => {
    const path = join(await temporaryFolder(t), "control.sock");
    await staleSocket(path);
    await started(t, path);
    assert.equal(await ask(path), "here");
  });

  test("the socket of another agent is not taken away", async (t) => {
    const path = join(await temporaryFolder(t), "control.sock");
    await started(t, path, "first");
    await assert.rejects(started(t, path, "second"), listenError(/another agent listens there.*control\.socket/));
    assert.equal(await ask(path), "first");
    assert.deepEqual(await readdir(dirname(path)), ["control.sock"]);
  });

  test("what is no socket is not taken away", async (t) => {
    const path = join(await temporaryFolder(t), "control.sock");
    await writeFile(path, "mine");
    await assert.rejects(started(t, path), listenError(/something else with that name/));
    assert.equal(await readFile(path, "utf8"), "mine");
  });

  test("a path that is too long for a socket says what to do, and nothing is made", async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, "x".repeat(105 - folder.length - 14), "control.sock");
    assert.equal(path.length, 105);
    const long = join(folder, "x".repeat(108 - folder.length - 14), "control.sock");
    assert.equal(long.length, 108);
    await assert.rejects(started(t, long), listenError(/107 bytes at most, this one needs 108: .*control\.socket/));
    assert.deepEqual(await readdir(folder), []);
    await started(t, path);
    assert.equal(await ask(path), "here");
  });

  test("a folder that cannot be made is an error with the path", async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "file"), "");
    await assert.rejects(started(t, join(folder, "file", "control.sock")), listenError(/file is a file, not a folder/));
  });

  test("at the end only its own socket is removed", async (t) => {
    const path = join(await temporaryFolder(t), "control.sock");
    const first = await started(t, path, "first");
    await rename(path, `${path}.away`);
    await started(t, path, "second");
    await first.close();
    assert.equal(await ask(path), "second");
    await rm(`${path}.away`);
  });

  test("closing cuts what is open", async (t) => {
    const path = join(await temporaryFolder(t), "control.sock");
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const api = new Hono().get("/", () => {
      arrived();
      return new Promise<Response>(() => {});
    });
    const server = await startControlServer(async () => api, path);
    const asked = assert.rejects(ask(path), { code: "ECONNRESET" });
    await arrival;
    await server.close();
    await asked;
  });
});

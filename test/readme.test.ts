/** What a new user copies from the README, word for word, but for the port, which another program may have. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./helpers/temporary-folder.ts";
import { until } from "./helpers/transport.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** The shell blocks of a section, in order. */
function blocksOf(section: string): readonly string[] {
  const [, text = ""] = README.split(`\n## ${section}\n`);
  const [own = ""] = text.split("\n## ");
  return [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A clone, as far as these commands want one: what they make goes into a folder of its own. */
async function clone(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const name of ["package.json", "tsconfig.json", "src", "datamodel", "node_modules", "config.schema.json"]) {
    symlinkSync(join(ROOT, name), join(folder, name));
  }
  return folder;
}

interface Running {
  readonly child: ChildProcess;
  output(): string;
}

function start(t: TestContext, cwd: string, script: string, env: NodeJS.ProcessEnv): Running {
  // A group of its own, so that npm's child ends with it.
  const child = spawn("bash", ["-ec", script], { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  t.after(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (part: string) => (text += part));
  return { child, output: () => text };
}

test("A phone of your own: settings, an ACS and the phone come up as the README says", async (t) => {
  const folder = await clone(t);
  const port = await freePort();
  const [settings = "", acs = "", phone = "", ...more] = blocksOf("A phone of your own").map((block) =>
    block.replaceAll("7557", String(port)),
  );
  assert.deepEqual(more, []);
  const { CPE_PASSWORD: _own, ...inherited } = process.env;
  const env = { ...inherited, AKUVOX_CPE_LISTEN_PORT: "0" };

  const prepared = spawnSync("bash", ["-ec", settings], { cwd: folder, env, encoding: "utf8" });
  assert.deepEqual([prepared.status, prepared.stderr], [0, ""]);
  assert.match(prepared.stdout, /^my-phone\/config\.yaml: no mistakes\n$/);

  const server = start(t, folder, acs, env);
  await until(() => server.output().includes(String(port)));
  const own = { ...env, CPE_PASSWORD: /^export CPE_PASSWORD=(\S+)$/m.exec(settings)?.[1] };
  const agent = start(t, folder, phone, own);
  await until(() => agent.output().includes("Session complete") || agent.child.exitCode !== null);
  assert.match(agent.output(), /0 BOOTSTRAP/);
  await until(() => server.output().includes("0C1105123456"));

  const [commands = ""] = blocksOf("Look at it, change it");
  const lines = commands.split("\n").filter((line) => line !== "" && !line.includes("--follow"));
  assert.ok(lines.length >= 2);
  for (const line of lines) {
    const { status, stderr } = spawnSync("bash", ["-ec", line], { cwd: folder, env: own, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""], line);
  }
});

test("every file that the README links to is there", () => {
  const links = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path);
  assert.ok(links.length > 20);
  assert.deepEqual(
    links.filter((path) => !existsSync(join(ROOT, path))),
    [],
  );
});

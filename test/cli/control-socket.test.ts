import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { CONFIG_VARIABLE } from "../../src/cli/config-option.ts";
import { createAgentClient } from "../../src/cli/control/client.ts";
import { AgentGone } from "../../src/cli/control/failures.ts";
import { SOCKET_VARIABLE, STATE_VARIABLE } from "../../src/cli/control/options.ts";
import { socketPath } from "../../src/cli/control/with-agent.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { leafRows } from "../../src/config/option-table.ts";
import { openControlInterface } from "../../src/daemon/control-interface.ts";
import { createApiUnderTest } from "../helpers/api-under-test.ts";
import { capturedIo } from "../helpers/captured-io.ts";
import { runCommand } from "../helpers/commands.ts";
import { OTHER_USER, ROOT_ONLY } from "../helpers/other-user.ts";
import { sourceImports } from "../helpers/source-imports.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

async function configFile(t: TestContext, yaml: string): Promise<{ readonly folder: string; readonly config: string }> {
  const folder = await temporaryFolder(t);
  const config = join(folder, "config.yaml");
  await writeFile(config, `phone: { mac: "0c:11:05:00:00:07" }\n${yaml}`);
  return { folder, config };
}

const pathOf = (options: object, env: Readonly<Record<string, string>> = {}) => socketPath(options, capturedIo(env).io);

describe("which agent is meant", () => {
  test("what is said comes first, then the variable, the settings file, and the defaults", async (t) => {
    const { folder, config } = await configFile(t, "control: { socket: run/cpe.sock }\n");
    const variable = { [SOCKET_VARIABLE]: "/run/variable.sock" };
    assert.equal(await pathOf({ socket: "/run/said.sock", config }, variable), "/run/said.sock");
    assert.equal(await pathOf({ config }, variable), "/run/variable.sock");
    assert.equal(await pathOf({ config }), join(folder, "run", "cpe.sock"));
    assert.equal(await pathOf({}, { [CONFIG_VARIABLE]: config }), join(folder, "run", "cpe.sock"));
    assert.equal(await pathOf({}, { [STATE_VARIABLE]: "/var/lib/cpe" }), "/var/lib/cpe/control.sock");
    assert.equal(await pathOf({}), resolve("state", "control.sock"));
  });

  test("the state folder of the settings file decides where no socket is set", async (t) => {
    const { folder, config } = await configFile(t, "stateFolder: here\n");
    assert.equal(await pathOf({ config }), join(folder, "here", "control.sock"));
    assert.equal(await pathOf({ config }, { [STATE_VARIABLE]: "/there" }), "/there/control.sock");
  });

  test("settings that cannot be used give 2 and their findings", async (t) => {
    const { config } = await configFile(t, "stateFolder: [1]\n");
    const { exitCode, stderr } = await runCommand(["status", "--config", config]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /config\.yaml:2:\d+: /);
  });

  test("variables and defaults are those of the option table", () => {
    const rows = new Map(leafRows().map((row) => [row.path, row]));
    assert.equal(rows.get("control.socket")?.environment, SOCKET_VARIABLE);
    assert.equal(rows.get("stateFolder")?.environment, STATE_VARIABLE);
    assert.equal(rows.get("stateFolder")?.fallback, "state");
  });

  test("the agent opens the socket where the commands look for it", async (t) => {
    for (const yaml of ["stateFolder: state\n", "control: { socket: own.sock }\n"]) {
      const { folder, config } = await configFile(t, yaml);
      await mkdir(join(folder, "state"));
      const face = await openInterface(t, config);
      assert.notEqual(face, null);
      const { exitCode, stdout } = await runCommand(["status", "--config", config]);
      assert.deepEqual([exitCode, stdout.includes("0C1105ABCDEF")], [0, true]);
      await face?.close();
    }
  });
});

async function openInterface(t: TestContext, config: string) {
  const { under, sessions } = await createApiUnderTest();
  const { agent, log, time } = under;
  const face = await openControlInterface({
    ...{ agent, sessions, log, ...time },
    config: loadConfig(config, {}),
    version: "1.2.3",
    model: {
      root: { kind: "object", name: "", template: "", description: "", children: [] },
      parameters: [],
      rules: [],
      ranked: [],
    },
    random: { between: (low) => low, bytes: (length) => new Uint8Array(length) },
  });
  t.after(() => face?.close());
  return Object.assign(face ?? { close: async () => {} }, { log });
}

describe("an agent that cannot be talked to", () => {
  test("one that does not run: which socket, and what to do", async (t) => {
    const folder = await temporaryFolder(t);
    for (const socket of [join(folder, "control.sock"), join(folder, "no", "such", "folder.sock")]) {
      const { exitCode, stdout, stderr } = await runCommand(["get", "Device.", "--socket", socket]);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.equal(
        stderr,
        `error: no agent listens at ${socket}: start it with akuvox-cpe run, or select one with --socket or --config\n`,
      );
    }
  });

  test("one of somebody else, one that went away, and any other trouble: a line each", () => {
    const line = (code: string): string =>
      new AgentGone("/run/x.sock", Object.assign(new Error("x"), { code })).message;
    assert.match(line("EACCES"), /belongs to another user: run this as the user that runs the agent/);
    assert.match(line("ECONNRESET"), /stopped before it had answered/);
    assert.match(line("ECONNREFUSED"), /no agent listens/);
    assert.match(line("EWHATEVER"), /cannot be reached: EWHATEVER/);
  });

  test("one that is stuck is not waited for longer than was said", async (t) => {
    const socket = join(await temporaryFolder(t), "x.sock");
    const server = createServer(() => {});
    await once(server.listen(socket), "listening");
    t.after(() => server.close().closeAllConnections());
    await assert.rejects(
      createAgentClient(socket).get("/status", 20),
      new AgentGone(socket, Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
  });

  test("nothing is sent to a socket of somebody else, as a password may stand in it", {
    skip: ROOT_ONLY,
  }, async (t) => {
    const socket = join(await temporaryFolder(t), "x.sock");
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.method ?? "");
      response.writeHead(200).end("{}");
    });
    await once(server.listen(socket), "listening");
    t.after(() => server.close());
    await chown(socket, OTHER_USER, OTHER_USER);
    const { exitCode, stderr } = await runCommand(["set", "Device.ManagementServer.Password=hush", "--socket", socket]);
    assert.equal(exitCode, 1);
    assert.match(stderr, new RegExp(`^error: the socket ${socket} belongs to user ${OTHER_USER}.*nothing was sent`));
    assert.deepEqual(requests, []);
    await chown(socket, 0, 0);
    await runCommand(["set", "Device.ManagementServer.Password=hush", "--socket", socket]);
    assert.deepEqual(requests, ["PATCH"]);
  });

  test("something else that listens there is no crash", async (t) => {
    const socket = join(await temporaryFolder(t), "x.sock");
    let status = 502;
    const server = createServer((_request, response) => response.writeHead(status).end("<html>"));
    await once(server.listen(socket), "listening");
    t.after(() => server.close());
    const refused = await runCommand(["get", "Device.", "--socket", socket]);
    assert.deepEqual([refused.exitCode, refused.stderr], [1, "error: the agent answered with HTTP status 502\n"]);
    status = 200;
    const taken = await runCommand(["get", "Device.", "--socket", socket]);
    assert.deepEqual(
      [taken.exitCode, taken.stderr],
      [1, "error: the program that listens at this socket is not an agent\n"],
    );
  });
});

describe("the face of the daemon", () => {
  test("a socket that cannot be opened is an error in the log, and the agent goes on", async (t) => {
    const { config } = await configFile(t, `control: { socket: ${"x".repeat(200)} }\n`);
    const { log } = await openInterface(t, config);
    const [line] = log.at("error");
    assert.match(line?.message ?? "", /cannot open the control socket .*control\.socket; the agent continues without/);
  });

  test("no socket is opened where others could put theirs, and the agent goes on", { skip: ROOT_ONLY }, async (t) => {
    const { folder, config } = await configFile(t, "control: { socket: open/own.sock }\n");
    await mkdir(join(folder, "open"));
    await chmod(join(folder, "open"), 0o777);
    const { log } = await openInterface(t, config);
    const [line] = log.at("error");
    assert.match(line?.message ?? "", /every user may write to the folder .*chmod go-w .*the agent continues without/);
  });

  test("an agent whose socket is turned off has none", async (t) => {
    const { folder, config } = await configFile(t, "control: { enable: false }\n");
    await openInterface(t, config);
    const { exitCode } = await runCommand(["status", "--socket", join(folder, "state", "control.sock")]);
    assert.equal(exitCode, 1);
  });
});

test("the commands load nothing heavy: a health check is as fast as node", () => {
  const commands = ["status", "get", "set", "inform", "trace", "transfers", "autop", "reboot", "factory-reset"];
  const work = ["status", "parameters", "inform", "trace", "transfers", "autop", "restart"];
  const files = [...commands.map((name) => `cli/commands/${name}.ts`), ...work.map((name) => `cli/control/${name}.ts`)];
  const { packages, folders } = sourceImports([...files, "cli/main.ts"]);
  assert.deepEqual(
    packages.filter((name) => !name.startsWith("node:")),
    ["commander"],
  );
  // Of `control` the words for the states of a fleet's phones alone: its server would bring hono and zod.
  assert.deepEqual(folders, ["cli", "control", "cwmp", "ladder", "system"]);
});

test("the check of what is loaded finds what is", () => {
  const { packages, folders } = sourceImports(["control/api.ts"]);
  assert.ok(packages.includes("hono") && packages.includes("zod") && folders.includes("control"));
});

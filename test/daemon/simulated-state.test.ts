import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { registerParams } from "../../src/cli/commands/params.ts";
import { runCli } from "../../src/cli/program.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { capturedIo } from "../helpers/captured-io.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const SESSIONS = "Device.LAN.VoiceService.1.VoiceProfile.1.MaxSessions";
/** Kept in the phone's file, beside it where no line holds it, and by the agent. */
const VALUES = new Map([
  [LABEL, "  desk\t7 "],
  [SESSIONS, "3"],
]);

async function written(t: TestContext, backend: string): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `phone: { mac: "0c:11:05:00:00:06" }
backend: ${backend}
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
`,
  );
  return { folder, file };
}

/** The values at a start, and then what is set. */
async function run(file: string, set: ReadonlyMap<string, string> | null): Promise<readonly (string | undefined)[]> {
  const log = createMemoryLogger();
  const { agent, stop } = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "0", log });
  try {
    const read = async (path: string): Promise<string | undefined> => (await agent.local.parameters(path))[0]?.value;
    const before = [await read(LABEL), await read(SESSIONS)];
    if (set !== null) await agent.local.setValues(set);
    return before;
  } finally {
    await stop();
  }
}

test("a simulated phone without a file of its own keeps settings and state in the state folder", async (t) => {
  const { folder, file } = await written(t, "simulated");
  await run(file, VALUES);
  assert.ok(existsSync(join(folder, "state", "phone.cfg")));
  assert.deepEqual(await run(file, null), [...VALUES.values()]);
});

test("a simulated phone in memory forgets both together", async (t) => {
  const { folder, file } = await written(t, "{ type: simulated, inMemory: true }");
  const before = await run(file, VALUES);
  assert.deepEqual(await run(file, null), before);
  assert.equal(existsSync(join(folder, "state", "phone.cfg")), false);
  assert.equal(existsSync(join(folder, "state", "documents")), false);
});

test("params --values answers as the phone would: its file, the state folder, its firmware", async (t) => {
  const { folder, file } = await written(t, "simulated");
  await run(file, VALUES);
  await writeFile(join(folder, "state", "phone.cfg.firmware"), "53.0.7.1\n");
  const values = async (path: string): Promise<string> => {
    const captured = capturedIo({});
    assert.equal(await runCli(["params", "--values", "--config", file, path], captured.io, [registerParams]), 0);
    return captured.stdout();
  };
  assert.equal(await values(SESSIONS), `${SESSIONS}\t3\n`);
  assert.equal(await values(LABEL), `${LABEL}\t  desk\\t7 \n`);
  const version = "Device.DeviceInfo.SoftwareVersion";
  assert.equal(await values(version), `${version}\t53.0.7.1\n`);
});

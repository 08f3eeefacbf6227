import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createConfigFileBackend } from "../../src/backends/config-file/open.ts";
import { createFileSettings } from "../../src/backends/settings/file-settings.ts";
import { factorySettings } from "../../src/model/factory.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { type OpenTree, openParameterTree } from "../../src/parameters/tree.ts";
import { createFileStateStore, type FileStateStore } from "../../src/storage/file-state-store.ts";
import { type Failure, failingFiles } from "../helpers/failing-files.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { model, readAll, setAll } from "./phone-under-test.ts";

// On one Node only: each file call in turn says the same on every Node.

const LAN = { ipAddress: "", subnetMask: "", defaultGateway: "", primaryDns: "", secondaryDns: "", macAddress: "" };
const OLD = "old|old|old|old-key";
const NEW = "new|new|new|new-key";
const layouts = createLayouts(model, { accounts: 3, accountsFixed: false });
const factory = factorySettings(model, 3);

/** A start of the agent on the files of a folder. */
async function start(folder: string): Promise<{ readonly tree: OpenTree; readonly state: FileStateStore }> {
  const time = createFakeTime();
  const log = createMemoryLogger();
  const state = await createFileStateStore({ folder: join(folder, "state"), log });
  const path = join(folder, "phone.cfg");
  const backend = createConfigFileBackend({
    settings: createFileSettings({ path, factory, clock: time.clock, scheduler: time.scheduler, log }),
    restartKeys: new Set(),
    accounts: 3,
    softwareVersion: "1",
    hardwareVersion: "1",
    statusFile: null,
    rebootCommand: null,
    installCommand: null,
    host: { upTimeSeconds: () => 1, lan: async () => LAN },
    ...time,
    log,
  });
  const tree = await openParameterTree({
    layouts,
    backend,
    state,
    scheduler: time.scheduler,
    agentValues: () => "",
    log,
  });
  return { tree, state };
}

/** What an ACS gets for a Set while the disk fails, and what the phone then has, also after a restart on a healthy disk. */
async function outcome(t: TestContext, failure: Failure): Promise<{ calls: number; wrong: string | null }> {
  const folder = await temporaryFolder(t);
  const files = failingFiles(t, folder);
  const first = await start(folder);
  await setAll(first.tree, "old");
  files.fail(failure);
  const isMade = await setAll(first.tree, "new").then(
    () => true,
    () => false,
  );
  const calls = files.calls.length;
  const expected = isMade ? NEW : OLD;
  const atOnce = await readAll(first.tree);
  // The agent ends while the disk still fails; the lock goes with its process.
  await first.tree.close();
  files.heal();
  await first.state.close();
  const second = await start(folder);
  const later = await readAll(second.tree);
  await second.tree.close();
  await second.state.close();
  const wrong = atOnce === expected && later === expected ? null : `answered ${isMade}: ${atOnce}, then ${later}`;
  return { calls, wrong };
}

const NEVER = Number.POSITIVE_INFINITY;

for (const failure of [
  { how: "once", code: "EIO" },
  { how: "for good", code: "ENOSPC" },
  { how: "after taking effect", code: "EIO", kinds: ["rename", "sync folder", "remove"] },
] as const) {
  test(`C-123 C-127 a file call of a Set that fails ${failure.how}: the answer is what the phone has, now and after a restart`, async (t) => {
    const { calls } = await outcome(t, { ...failure, at: NEVER });
    assert.ok(calls > 5, `${calls} calls`);
    const wrong: string[] = [];
    for (let at = 0; at < calls; at++) {
      const found = await outcome(t, { ...failure, at });
      if (found.wrong !== null) wrong.push(`call ${at}: ${found.wrong}`);
    }
    assert.deepEqual(wrong, []);
  });
}

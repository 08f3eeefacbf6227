import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { checkHost } from "../../src/config/host-checks.ts";
import { loadConfig, type MoreChecks } from "../../src/config/load-config.ts";
import { FindingsError, formatFinding } from "../../src/cwmp/findings.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

async function mistakes(t: TestContext, backend: string, more: readonly MoreChecks[] = []): Promise<readonly string[]> {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "hook.sh"), "#!/bin/sh\n");
  await chmod(join(folder, "hook.sh"), 0o755);
  await writeFile(join(folder, "data.txt"), "");
  await mkdir(join(folder, "sub"));
  const file = join(folder, "config.yaml");
  await writeFile(file, `backend:\n  type: hooks\n${backend.replaceAll(/^/gm, "  ")}\n`);
  try {
    loadConfig(file, { PATH: "/nowhere:/bin" }, more);
    return [];
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    return error.findings.map((finding) => formatFinding(finding).replaceAll(`${folder}/`, ""));
  }
}

test("a phone behind hooks needs a hook", async (t) => {
  assert.deepEqual(await mistakes(t, "file: phone.cfg"), [
    "config.yaml:2:9: backend.type hooks needs at least one of read, apply, watch, reboot, factoryReset, install, produce [INCOMPLETE]",
  ]);
  assert.deepEqual(await mistakes(t, "watch: [./hook.sh]"), []);
});

test("commands are lists, numbers are in range, file types are types", async (t) => {
  const found = await mistakes(
    t,
    "read: []\napply: ./hook.sh\nwatch: [5]\nlimitSeconds: 0\nlongLimitSeconds: 90000\nreadEverySeconds: -1\nrebootWaitSeconds: 3601\ninstallTypes: [firmware]",
  );
  assert.deepEqual(
    found.map((text) => text.replace(/ must be .*/s, "")),
    [
      "config.yaml:3:9: backend.read",
      "config.yaml:4:10: backend.apply",
      "config.yaml:5:11: backend.watch",
      "config.yaml:6:17: backend.limitSeconds",
      "config.yaml:7:21: backend.longLimitSeconds",
      "config.yaml:8:21: backend.readEverySeconds",
      "config.yaml:9:22: backend.rebootWaitSeconds",
      "config.yaml:10:18: backend.installTypes",
    ],
  );
});

test("file types that the agent looks after itself are refused", async (t) => {
  const types = 'installTypes: ["3 Vendor Configuration File"]\nproduceTypes: ["2 Vendor Log File"]';
  assert.deepEqual(await mistakes(t, `read: [./hook.sh]\n${types}`), [
    `config.yaml:4:17: backend.installTypes must not hold "3 Vendor Configuration File": that is the agent's own [WRONG_VALUE]`,
    `config.yaml:5:17: backend.produceTypes must not hold "2 Vendor Log File": that is the agent's own [WRONG_VALUE]`,
  ]);
  assert.deepEqual(
    await mistakes(t, 'read: [./hook.sh]\ninstallTypes: ["1 Firmware Upgrade Image", "X 0C1105 Logo"]'),
    [],
  );
});

test("check-config finds programs that are not there; an agent runs without them", async (t) => {
  const hooks =
    "read: [./hook.sh]\napply: [sh, -c, x]\nwatch: [./nowhere]\nreboot: [./data.txt]\ninstall: [./sub]\nproduce: [hook.sh]";
  assert.deepEqual(await mistakes(t, hooks), []);
  assert.deepEqual(await mistakes(t, hooks, [checkHost]), [
    "config.yaml:5:10: backend.watch cannot be run: there is no executable program at nowhere [FILE_UNREADABLE]",
    "config.yaml:6:11: backend.reboot cannot be run: there is no executable program at data.txt [FILE_UNREADABLE]",
    "config.yaml:7:12: backend.install cannot be run: there is no executable program at sub [FILE_UNREADABLE]",
    "config.yaml:8:12: backend.produce cannot be run: there is no program hook.sh in the PATH; write ./hook.sh for one beside the settings file [FILE_UNREADABLE]",
  ]);
  assert.deepEqual(await mistakes(t, "folder: sub\nread: [../hook.sh]", [checkHost]), []);
  assert.equal((await mistakes(t, "folder: sub\nread: [./hook.sh]", [checkHost])).length, 1);
});

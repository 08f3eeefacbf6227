import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { disagreements } from "../../campaign/oracle/told-hooks.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const PHONE = fileURLToPath(new URL("../../campaign/phone/hooked-phone.mjs", import.meta.url));

test("what the hooks were told and what is in force must be the same", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "phone-store"));
  const hook = (name: string, ...lines: readonly object[]): string => {
    const input = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const { status, stdout, stderr } = spawnSync(process.execPath, [PHONE, name], {
      cwd: folder,
      input,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  hook("apply", { key: "Config.A.B.C", value: "one = 1" }, { key: "Action.A.B.C", value: "1" });
  assert.equal(
    hook("read", { key: "Config.A.B.C" }, { key: "Config.X.Y.Z" }),
    '{"key":"Config.A.B.C","value":"one = 1"}\n',
  );

  await writeFile(join(folder, "phone.cfg"), "# a comment\nConfig.A.B.C = one = 1\nConfig.X.Y.Z = 2\n");
  assert.deepEqual(await disagreements(folder), []);
  await writeFile(join(folder, "phone.cfg"), "Config.X.Y.Z = 2\n");
  assert.deepEqual(await disagreements(folder), ["the hooks were told Config.A.B.C = one = 1, in force is undefined"]);
});

import assert from "node:assert/strict";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { leafRows } from "../../src/config/option-table.ts";
import { PATH_ROLES, trustCheck } from "../../src/config/trust-checks.ts";
import { type Finding, FindingsError, formatFinding } from "../../src/cwmp/findings.ts";
import { OTHER_USER, ROOT_ONLY } from "../helpers/other-user.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

interface Place {
  readonly folder: string;
  /** Findings that are refused, and those that are told, without the folder. */
  check(trace?: string): { readonly refused: readonly string[]; readonly told: readonly string[] };
}

async function place(t: TestContext, yaml: string, mode = 0o600): Promise<Place> {
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(file, yaml);
  await chmod(file, mode);
  return {
    folder,
    check(trace) {
      const text = (found: readonly Finding[]) =>
        found.map((finding) => formatFinding(finding).replaceAll(`${folder}/`, ""));
      try {
        const { warnings } = loadConfig(file, {}, [trustCheck(file, trace ?? null)]);
        return { refused: [], told: text(warnings) };
      } catch (error) {
        if (!(error instanceof FindingsError)) throw error;
        const [told, refused] = [true, false].map((is) =>
          error.findings.filter((one) => (one.warning === true) === is),
        );
        return { refused: text(refused ?? []), told: text(told ?? []) };
      }
    },
  };
}

test("every option that is a path has a role", () => {
  const paths = leafRows().flatMap(({ path, kind }) => (kind === "path" ? [path] : []));
  assert.deepEqual(Object.keys(PATH_ROLES).sort(), paths.sort());
});

test("settings that every user may write are refused, whoever runs the agent", async (t) => {
  const { check } = await place(t, "backend: simulated\n", 0o666);
  assert.deepEqual(check().refused, [
    "config.yaml: the settings: every user may write to the file config.yaml: chmod go-w config.yaml [UNTRUSTED_PATH]",
  ]);
});

test("settings with a password that others may read are told, without one they are not", async (t) => {
  const secret = await place(t, "backend: simulated\ntr069: { acs: { password: hush } }\n", 0o644);
  assert.match(secret.check().told.join(), /others may read the secret file config.yaml: chmod go-rwx/);
  assert.deepEqual((await place(t, "backend: simulated\n", 0o644)).check(), { refused: [], told: [] });
});

test("a password file that every user may write is refused at its line, one that others may read is told", async (t) => {
  const { folder, check } = await place(t, "backend: simulated\ntr069:\n  acs:\n    passwordFile: secret\n");
  await writeFile(join(folder, "secret"), "hush\n");
  await chmod(join(folder, "secret"), 0o644);
  assert.deepEqual(check(), {
    refused: [],
    told: [
      "config.yaml:4:19: warning: tr069.acs.passwordFile: others may read the secret file secret: chmod go-rwx secret [UNTRUSTED_PATH]",
    ],
  });
  await chmod(join(folder, "secret"), 0o666);
  assert.match(check().refused.join(), /^config.yaml:4:19: .*every user may write to the file secret/);
});

test("state, trace and phone in folders that every user may write are refused for root", {
  skip: ROOT_ONLY,
}, async (t) => {
  const { folder, check } = await place(t, "backend: { file: p/phone.cfg }\nstateFolder: s\n");
  for (const name of ["p", "s", "t"]) {
    await mkdir(join(folder, name));
    await chmod(join(folder, name), 0o777);
  }
  assert.deepEqual(check(join(folder, "t")).refused, [
    "t: the trace: every user may write to the folder t: chmod go-w t [UNTRUSTED_PATH]",
    "config.yaml:1:18: backend.file: every user may write to the folder p: chmod go-w p [UNTRUSTED_PATH]",
    "config.yaml:2:14: stateFolder: every user may write to the folder s: chmod go-w s [UNTRUSTED_PATH]",
  ]);
});

test("where strict modes are off, all of that is told", { skip: ROOT_ONLY }, async (t) => {
  const { folder, check } = await place(t, "backend: simulated\nstateFolder: s\nstrictModes: false\n");
  await mkdir(join(folder, "s"));
  await chown(join(folder, "s"), OTHER_USER, 0);
  const { refused, told } = check();
  assert.deepEqual([refused, told.length], [[], 1]);
});

test("the firmware's user may own the phone's folder, and not the state folder", { skip: ROOT_ONLY }, async (t) => {
  const { folder, check } = await place(t, "backend: { file: p/phone.cfg }\nstateFolder: p/state\n");
  await mkdir(join(folder, "p"));
  await chown(join(folder, "p"), OTHER_USER, 0);
  const { refused, told } = check();
  assert.equal(refused.length, 1);
  assert.match(refused.join(), /stateFolder: the folder p belongs to user/);
  assert.deepEqual(told, []);
});

import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withPrivateTexts } from "../../../src/cli/acs/private-options.ts";
import type { AcsCommandOptions } from "../../../src/cli/acs/set-up.ts";
import { UsageError } from "../../../src/cli/io.ts";
import { capturedIo } from "../../helpers/captured-io.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const PLAIN: AcsCommandOptions = { port: 0, address: "127.0.0.1", authScheme: "digest", every: 60, pnpPort: 5060 };

test("log-ins come from files and from stdin, without the line end", async (t) => {
  const file = join(await temporaryFolder(t), "login");
  await writeFile(file, "phone:a b: \n", { mode: 0o600 });
  const { io } = capturedIo({}, undefined, "acs:c\r\n");
  const options = await withPrivateTexts({ ...PLAIN, authFile: file, cpeAuthFile: "-", xmpp: "a@b:c" }, io);
  assert.deepEqual([options.auth, options.cpeAuth, options.xmpp], ["phone:a b: ", "acs:c", "a@b:c"]);
});

test("a file that others may read is told, one that they may write is refused", async (t) => {
  const file = join(await temporaryFolder(t), "login");
  await writeFile(file, "phone:hush\n");
  await chmod(file, 0o644);
  const { io, stderr } = capturedIo();
  assert.equal((await withPrivateTexts({ ...PLAIN, authFile: file }, io)).auth, "phone:hush");
  assert.match(stderr(), /^warning: --auth-file: others may read the secret file .*chmod go-rwx/);
  await chmod(file, 0o666);
  await assert.rejects(withPrivateTexts({ ...PLAIN, authFile: file }, io), /every user may write to the file/);
});

test("what contradicts itself is a mistake, and no secret is repeated", async (t) => {
  const file = join(await temporaryFolder(t), "login");
  await writeFile(file, "phone:hush\nmore\n");
  const { io } = capturedIo({}, undefined, "x:hush");
  const wrong: readonly Partial<AcsCommandOptions>[] = [
    { authFile: file },
    { authFile: `${file}.none` },
    { authFile: "-", cpeAuthFile: "-" },
    { auth: "none", authFile: "-" },
    { xmpp: "a@b:hush", xmppFile: "-" },
    { control: "stdio", cpeAuthFile: "-" },
  ];
  for (const options of wrong) {
    await assert.rejects(
      withPrivateTexts({ ...PLAIN, ...options }, io),
      (error) => error instanceof UsageError && !error.message.includes("hush"),
    );
  }
});

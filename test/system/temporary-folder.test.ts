import assert from "node:assert/strict";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isSocketPath } from "../../src/control/socket-place.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { makeTemporaryFolder } from "../../src/system/temporary-folder.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

test("a temporary folder is private; where none can be made, the error names TMPDIR and what to do", async (t) => {
  const made = await makeTemporaryFolder("akuvox-cpe-test-");
  t.after(() => rm(made, { recursive: true }));
  assert.equal((await stat(made)).mode & 0o777, 0o700);
  assert.ok(isSocketPath(join(made, "256")));
  const missing = join(await temporaryFolder(t), "none");
  const { TMPDIR } = process.env;
  process.env.TMPDIR = missing;
  const failing = makeTemporaryFolder("akuvox-cpe-test-");
  // It has looked already.
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await assert.rejects(
    failing,
    (error) => isAgentError(error, "STATE_IO") && /\(TMPDIR\) \/.*none: ENOENT: .* does not exist/.test(error.message),
  );
});

test("a path that is too long for a socket is known before one is made there", () => {
  assert.ok(isSocketPath("/tmp/akuvox-cpe-workers-AbCdEf/256"));
  assert.ok(!isSocketPath(`/tmp/${"a".repeat(100)}/0`));
});

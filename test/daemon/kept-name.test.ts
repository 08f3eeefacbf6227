import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { keepHostName, lookAtThisHost } from "../../src/daemon/this-host.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

async function simulated(t: TestContext) {
  const folder = join(await temporaryFolder(t), "state");
  await mkdir(folder);
  const variables = { AKUVOX_CPE_BACKEND: "simulated", AKUVOX_CPE_STATE_FOLDER: folder };
  return { folder, config: loadConfig(null, variables) };
}

test("a simulated phone whose host has another name now is the same phone, by what its state folder keeps", async (t) => {
  const { folder, config } = await simulated(t);
  const before = await lookAtThisHost(config);
  await keepHostName(config);
  assert.deepEqual((await lookAtThisHost(config)).identity, before.identity);
  // As if the name had been this one at the first start.
  await writeFile(join(folder, "host-name"), "another-container\n");
  const other = await lookAtThisHost(config);
  assert.notEqual(other.identity.serialNumber, before.identity.serialNumber);
  await keepHostName(config);
  assert.equal(await readFile(join(folder, "host-name"), "utf8"), "another-container\n", "the first name stays");
});

test("looking writes nothing, and another backend keeps no name", async (t) => {
  const { folder, config } = await simulated(t);
  await lookAtThisHost(config);
  await keepHostName(
    loadConfig(null, {
      AKUVOX_CPE_BACKEND: "config-file",
      AKUVOX_CPE_STATE_FOLDER: folder,
      AKUVOX_CPE_PHONE_FILE: "x",
    }),
  );
  await assert.rejects(stat(join(folder, "host-name")), { code: "ENOENT" });
});

test("a name that cannot be kept is an error that names the file", async (t) => {
  const { folder, config } = await simulated(t);
  const gone = loadConfig(null, { AKUVOX_CPE_BACKEND: "simulated", AKUVOX_CPE_STATE_FOLDER: join(folder, "missing") });
  await assert.rejects(
    keepHostName(gone),
    (error) => isAgentError(error, "STATE_IO") && error.message.includes("host-name"),
  );
  await keepHostName(config);
});

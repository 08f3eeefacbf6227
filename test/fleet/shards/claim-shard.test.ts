import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { claimShard, resultFile } from "../../../src/fleet/shards/claim-shard.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

test("any number of hosts that ask at once get different parts, and one too many gets none", async (t) => {
  const folder = await temporaryFolder(t);
  const asked = Array.from({ length: 9 }, (_, host) => claimShard(folder, 8, `host-${host}`));
  const answers = await Promise.allSettled(asked);
  const indexes = answers.flatMap((one) => (one.status === "fulfilled" ? [one.value.shard.index] : []));
  assert.deepEqual(indexes.sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  const refused = answers.find((one) => one.status === "rejected");
  assert.match(String(refused?.reason), /all 8 parts of the fleet are taken in .*an empty folder/);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => !/^part-\d-of-8\.(?:claim|lock)$/.test(name)),
    [],
  );
});

test("a part stays with its host: the next process there has it again, another host never", async (t) => {
  const folder = await temporaryFolder(t);
  const first = await claimShard(folder, 3, "one");
  assert.deepEqual((await claimShard(folder, 3, "one")).shard, { index: 1, count: 3 }, "two processes of one host");
  await first.release();
  assert.deepEqual((await claimShard(folder, 3, "two")).shard, { index: 2, count: 3 });
  assert.deepEqual((await claimShard(folder, 3, "one")).shard, { index: 0, count: 3 });
});

test("a part whose result is there is not run again", async (t) => {
  const folder = await temporaryFolder(t);
  const { shard, release } = await claimShard(folder, 2, "one");
  await writeFile(resultFile(folder, shard), "{}");
  await release();
  assert.deepEqual((await claimShard(folder, 2, "one")).shard, { index: 1, count: 2 });
});

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { chooseShard, type ShardOptions } from "../../../src/cli/fleet/choose-shard.ts";
import { runCommand } from "../../helpers/commands.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const chosen = async (options: ShardOptions, env = {}) => (await chooseShard(options, env)).shard;

test("the part is what the command line says, or the Indexed Job that the process runs in", async () => {
  assert.deepEqual(await chosen({}), { index: 0, count: 1 });
  assert.deepEqual(await chosen({ shard: "3/4" }), { index: 3, count: 4 });
  assert.deepEqual(await chosen({ shards: 8, index: 7 }), { index: 7, count: 8 });
  const inJob = { JOB_COMPLETION_INDEX: "5" };
  assert.deepEqual(await chosen({ shards: 8 }, inJob), { index: 5, count: 8 });
  assert.deepEqual(await chosen({ shards: 8, index: 1 }, inJob), { index: 1, count: 8 });
  assert.deepEqual(await chosen({}, inJob), { index: 0, count: 1 }, "without --shards a job's index means nothing");
});

test("a part that is none is refused", async () => {
  for (const shard of ["4/4", "1", "a/b", "-1/4", "1/4/2"])
    await assert.rejects(chosen({ shard }), /--shard must be NUMBER/);
  await assert.rejects(chosen({ shards: 4, index: 4 }), /there is no part 4 of 4/);
  await assert.rejects(chosen({ shards: 4 }, { JOB_COMPLETION_INDEX: "4" }), /there is no part 4 of 4/);
  await assert.rejects(chosen({ shards: 4 }, { JOB_COMPLETION_INDEX: "x" }), /JOB_COMPLETION_INDEX must be a number/);
  await assert.rejects(chosen({ shards: 4 }), /--shards needs a part: --index, JOB_COMPLETION_INDEX, or --results/);
  await assert.rejects(chosen({ index: 1 }), /--index needs --shards/);
  const fleet = (...args: string[]) => runCommand(["fleet", "--acs", "http://127.0.0.1:9/", ...args]);
  assert.equal((await fleet("--shard", "0/4", "--shards", "4")).exitCode, 2);
  assert.equal((await fleet("--shards", "0")).exitCode, 2);
  assert.equal((await fleet("--shard", "9/4")).exitCode, 2);
});

test("where nobody says which part, it is the first that is free in the folder of results", async (t) => {
  const results = join(await temporaryFolder(t), "results");
  assert.deepEqual(await chosen({ shards: 2, results }), { index: 0, count: 2 });
  const second = await chooseShard({ shards: 2, results }, {});
  assert.deepEqual(second.shard, { index: 1, count: 2 });
  await assert.rejects(chosen({ shards: 2, results }), { code: "CONFIG" });
  await second.release();
  assert.deepEqual(await chosen({ shards: 2, results }), { index: 1, count: 2 });
  const file = join(results, "file");
  await writeFile(file, "");
  await assert.rejects(chosen({ shards: 2, results: file }), { code: "STATE_IO" });
});

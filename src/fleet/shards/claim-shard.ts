import { randomUUID } from "node:crypto";
import { link, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { AgentError, isAgentError } from "../../cwmp/errors.ts";
import { lockFolder } from "../../storage/folder-lock.ts";
import { hasCode } from "../../system/io-errors.ts";
import { readPlain } from "../../system/safe-file.ts";
import type { Shard } from "./shard.ts";

export interface ClaimedShard {
  readonly shard: Shard;
  /** Lets another process of this host have it, unless its result is there. */
  release(): Promise<void>;
}

/** `part-0-of-4`. */
export function partName({ index, count }: Shard): string {
  return `part-${index}-of-${count}`;
}

/** Where the result of a shard is in a folder of results. */
export function resultFile(folder: string, shard: Shard): string {
  return join(folder, `${partName(shard)}.json`);
}

/**
 * Claims the first free one of `count` shards, by a file in a shared folder: for replicas without an index.
 * A shard stays with the host, or container, that has taken it, whose next process has it again when the one before
 * is gone. A shard with a result is not claimed again.
 *
 * @throws AgentError CONFIG when all are taken; the error of the file system when the folder cannot be used
 */
export async function claimShard(folder: string, count: number, owner = hostname()): Promise<ClaimedShard> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    const shard = { index, count };
    const release = await claim(folder, shard, owner);
    if (release !== null) return { shard, release };
  }
  throw new AgentError(
    "CONFIG",
    `all ${count} parts of the fleet are taken in ${folder}: start no more processes than parts, and each run with an empty folder`,
  );
}

async function claim(folder: string, shard: Shard, owner: string): Promise<(() => Promise<void>) | null> {
  const path = join(folder, `${partName(shard)}.claim`);
  if (!(await isOwned(path, owner))) return null;
  try {
    const release = await lockFolder(folder, join(folder, `${partName(shard)}.lock`));
    if (!(await exists(resultFile(folder, shard)))) return release;
    await release();
    return null;
  } catch (error) {
    // Another process of this host has it.
    if (isAgentError(error)) return null;
    throw error;
  }
}

/** By a link: the file is there with its owner in it, or not at all. */
async function isOwned(path: string, owner: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, owner, { flag: "wx", mode: 0o644 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    return (await readPlain(path)).toString() === owner;
  } finally {
    await rm(draft, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

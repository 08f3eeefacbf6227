import { AgentError, isAgentError } from "../../cwmp/errors.ts";
import { type ClaimedShard, claimShard } from "../../fleet/shards/claim-shard.ts";
import { type Shard, WHOLE_FLEET } from "../../fleet/shards/shard.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { type CliIo, UsageError } from "../io.ts";

export interface ShardOptions {
  readonly shard?: string;
  readonly shards?: number;
  readonly index?: number;
  readonly results?: string;
}

/** The index that Kubernetes sets for each pod of an Indexed Job. */
const JOB_INDEX = "JOB_COMPLETION_INDEX";

/**
 * The part of the fleet for this process: from the command line, the Indexed Job that it runs in, or the folder of
 * results.
 *
 * @throws UsageError where they say none; AgentError CONFIG where all are taken, STATE_IO where the folder cannot be used
 */
export async function chooseShard(options: ShardOptions, env: CliIo["env"]): Promise<ClaimedShard> {
  const { shards: count, results } = options;
  if (count === undefined) {
    if (options.index !== undefined) throw new UsageError("--index needs --shards: how many parts there are");
    return given(options.shard === undefined ? WHOLE_FLEET : shardOf(options.shard));
  }
  const index = options.index ?? jobIndex(env);
  if (index !== null) {
    if (index >= count) throw new UsageError(`there is no part ${index} of ${count}: they are counted from 0`);
    return given({ index, count });
  }
  if (results === undefined)
    throw new UsageError(
      `--shards needs a part: --index, ${JOB_INDEX}, or --results with a folder that all parts share`,
    );
  try {
    return await claimShard(results, count);
  } catch (error) {
    if (isAgentError(error)) throw error;
    throw new AgentError("STATE_IO", describeIoError("cannot use", results, error), { cause: error });
  }
}

function given(shard: Shard): ClaimedShard {
  return { shard, release: async () => {} };
}

/** `0/4` to `3/4`. */
function shardOf(text: string): Shard {
  const [, index = "", count = ""] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index !== "" && Number(index) < Number(count)) return { index: Number(index), count: Number(count) };
  throw new UsageError("--shard must be NUMBER/COUNT, such as 0/4; numbers begin with 0");
}

function jobIndex(env: CliIo["env"]): number | null {
  const text = env[JOB_INDEX];
  if (text === undefined || text === "") return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`${JOB_INDEX} must be a number from 0`);
}

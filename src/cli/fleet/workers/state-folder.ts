import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FleetConfig } from "../../../config/fleet/load-fleet.ts";
import type { Shard } from "../../../fleet/shards/shard.ts";
import { STATE_FILE } from "../../../storage/phones/phones-store.ts";
import { UsageError } from "../../io.ts";

/** Each worker has a state folder of its own. */
export function workerFolder(stateFolder: string, { index, count }: Shard): string {
  return join(stateFolder, `worker-${index}-of-${count}`);
}

/**
 * A phone's state is in the folder of its worker: with another number of workers the phone would be new to the ACS.
 *
 * @param workers null: the fleet has none
 * @throws UsageError where the folder is of another number
 */
export async function checkStateFolder({ stateFolder }: FleetConfig, workers: number | null): Promise<void> {
  if (stateFolder === null) return;
  // Problems with the folder are reported when it is opened.
  const names = await readdir(stateFolder).catch((): string[] => []);
  const counts = names.flatMap((name) => {
    const [, count] = /^worker-\d+-of-(\d+)$/.exec(name) ?? [];
    return count === undefined ? [] : [Number(count)];
  });
  const [other] = [...counts, ...(names.includes(STATE_FILE) ? [null] : [])].filter((count) => count !== workers);
  if (other === undefined) return;
  const advice = other === null ? "without --workers" : `with --workers ${other}`;
  throw new UsageError(`the state folder ${stateFolder} was made ${advice}: start it so, or choose another folder`);
}

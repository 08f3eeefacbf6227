import { createSeededRandom } from "../system/seeded-random.ts";
import type { PlannedPhone } from "./plan.ts";

/** Which phones something is for. */
export interface Choice {
  /** Empty: all. */
  readonly groups: readonly string[];
  readonly sharePercent: number;
}

/**
 * Whether a phone is one of them: by the seed, what it is for, and the phone's name, so that it is the same in whatever shard or
 * order the phone runs.
 */
export function isChosen({ groups, sharePercent }: Choice, { name, group }: PlannedPhone, seed: string): boolean {
  if (groups.length > 0 && !groups.includes(group.name)) return false;
  return sharePercent === 100 || createSeededRandom(`${seed} ${name}`).between(0, 100) < sharePercent;
}

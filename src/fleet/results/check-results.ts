import type { Finding } from "../../cwmp/findings.ts";
import { overlap, shardText } from "../shards/shard.ts";
import type { FleetPlan } from "./fleet-plan.ts";
import type { ReadResult } from "./read-results.ts";

/** Why results are not parts of one run: what differs from the first one, and which phones are in two of them. */
export function checkResults(results: readonly ReadResult[]): readonly Finding[] {
  const [first, ...others] = results;
  if (first === undefined) return [];
  return others.flatMap((one, at) => [...differences(first, one), ...shared(results.slice(0, at + 1), one)]);
}

function differences(first: ReadResult, { summary, file, line }: ReadResult): readonly Finding[] {
  const expected = partsOf(first);
  return Object.entries(partsOf({ summary })).flatMap(([name, part]): Finding[] => {
    const [here, there] = [JSON.stringify(part), JSON.stringify(expected[name as keyof FleetPlan | "seed"])];
    if (here === there) return [];
    const message = `${name} differs from that of ${placeOf(first)}: ${short(here)} here, ${short(there)} there`;
    return [{ file, line, column: 1, code: "OTHER_FLEET", message }];
  });
}

function partsOf({ summary }: Pick<ReadResult, "summary">): FleetPlan & { readonly seed: string | null } {
  return { ...summary.plan, seed: summary.seed };
}

function shared(before: readonly ReadResult[], { summary, file, line }: ReadResult): readonly Finding[] {
  for (const other of before)
    for (const one of summary.shards)
      for (const known of other.summary.shards) {
        if (!overlap(one, known)) continue;
        const message = `shard ${shardText(one)} has phones of shard ${shardText(known)} in ${placeOf(other)}: each phone counts once`;
        return [{ file, line, column: 1, code: "SAME_PHONES", message }];
      }
  return [];
}

function placeOf({ file, line }: Pick<ReadResult, "file" | "line">): string {
  return `${file}:${line}`;
}

const MAX_SHOWN = 120;

function short(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

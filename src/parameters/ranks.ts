import { parentPath } from "../cwmp/paths.ts";
import type { Layout, ParameterRef } from "./layout.ts";
import type { CheckedSet } from "./plan.ts";
import { readValues, type ValueSources } from "./values.ts";

/**
 * Where a call gives two rows of a table the same rank (`ranked` in the data model), the rows that it does not name give way,
 * each to the next free rank, in the order that they have. Of two rows that it gives the same rank, the first one keeps it.
 */
export async function withDistinctRanks(
  sets: readonly CheckedSet[],
  sources: ValueSources,
): Promise<readonly CheckedSet[]> {
  const ranked = sets.filter(({ ref }) => sources.layout.model.ranked.includes(ref.def.template));
  if (ranked.length === 0) return sets;
  const result = new Map(sets.map((set) => [set.ref.canonical, set]));
  for (const rows of tablesOf(ranked, sources.layout)) {
    const now = await readValues(rows, sources);
    const ranks = rows.map((ref) => Number(result.get(ref.path)?.value ?? now.get(ref.path)));
    for (const [at, rank] of distinctRanks(
      ranks,
      (row) => result.has(rows[row]?.path ?? ""),
      limitsOf(rows),
    ).entries()) {
      const ref = rows[at];
      if (ref !== undefined && rank !== ranks[at]) result.set(ref.path, { ref, value: String(rank) });
    }
  }
  return [...result.values()];
}

/** The rows of each table that the call touches, under their canonical paths. */
function tablesOf(ranked: readonly CheckedSet[], layout: Layout): readonly (readonly ParameterRef[])[] {
  const tableOf = (path: string): string => parentPath(parentPath(path));
  const tables = new Map(ranked.map(({ ref }) => [tableOf(ref.canonical), ref.def]));
  return [...tables].map(([table, def]) =>
    layout.refs.filter((ref) => ref.def === def && ref.path === ref.canonical && tableOf(ref.path) === table),
  );
}

interface Limits {
  readonly minimum: number;
  readonly maximum: number;
}

function limitsOf([ref]: readonly ParameterRef[]): Limits {
  return { minimum: Number(ref?.def.minimum ?? 1), maximum: Number(ref?.def.maximum ?? 1) };
}

/**
 * The same ranks without any twice. `isFixed`: a row that keeps its rank, unless one before it has the same. As they were where
 * there are more rows than ranks.
 */
export function distinctRanks(
  ranks: readonly number[],
  isFixed: (row: number) => boolean,
  { minimum, maximum }: Limits,
): readonly number[] {
  const result = [...ranks];
  const taken = new Map<number, number>();
  for (const [row, rank] of ranks.entries()) if (isFixed(row) && !taken.has(rank)) taken.set(rank, row);
  const others = [...ranks.keys()].filter((row) => taken.get(ranks[row] ?? 0) !== row);
  others.sort((one, other) => (ranks[one] ?? 0) - (ranks[other] ?? 0) || one - other);
  const free: number[] = [];
  for (let rank = minimum; rank <= maximum; rank++) if (!taken.has(rank)) free.push(rank);
  if (free.length < others.length) return ranks;
  let next = 0;
  for (const [at, row] of others.entries()) {
    // The number of ranks left for the rows after it.
    const last = free.length - (others.length - at);
    while (next < last && (free[next] ?? 0) < (ranks[row] ?? 0)) next++;
    result[row] = free[next++] ?? ranks[row] ?? 0;
  }
  return result;
}

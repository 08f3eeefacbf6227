/** The candidate that a person most likely meant, or null when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const plainWord = plain(word);
  const limit = Math.max(1, Math.floor(plainWord.length / 3));
  let best: { readonly candidate: string; readonly edits: number } | null = null;
  for (const candidate of candidates) {
    const edits = editDistance(plainWord, plain(candidate), limit);
    if (edits <= limit && (best === null || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate ?? null;
}

/** Case, dashes and underscores are what people mix up most: they do not count. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, "").slice(0, 256);
}

/** Insertions, deletions, replacements and swaps of neighbours that make `from` into `to`; above `limit` any number above it. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

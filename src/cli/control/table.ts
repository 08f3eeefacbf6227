import { printable } from "../../system/printable.ts";
import { widthOf, wrapWords } from "../wrap.ts";

const GAP = "  ";
/** The minimum width of a column. */
const LEAST = 8;

/**
 * Rows of texts as aligned lines. On a terminal long texts wrap within their column, the widest columns first; in a
 * pipe each row is one line.
 *
 * @param columns of the terminal; null: no terminal
 */
export function table(rows: readonly (readonly string[])[], columns: number | null): string {
  const texts = rows.map((row) => row.map(printable));
  const count = Math.max(0, ...texts.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...texts.map((row) => widthOf(row[at] ?? ""))));
  const fitting = columns === null ? widths : fitted(widths, columns - GAP.length * (count - 1));
  return texts.flatMap((row) => lines(row, fitting).map((line) => `${line}\n`)).join("");
}

function lines(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = row.map((text, at) => {
    const width = widths[at] ?? 0;
    return widthOf(text) <= width ? [text] : wrapWords(text, width);
  });
  const height = Math.max(1, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, index) =>
    cells
      .map((cell, at) => padded(cell[index] ?? "", at === row.length - 1 ? 0 : (widths[at] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
}

/** Narrows the widest column until all fit. */
function fitted(widths: readonly number[], room: number): readonly number[] {
  const fitting = [...widths];
  let surplus = fitting.reduce((sum, width) => sum + width, 0) - room;
  for (; surplus > 0; surplus--) {
    const widest = Math.max(...fitting);
    if (widest <= LEAST) break;
    fitting[fitting.lastIndexOf(widest)] = widest - 1;
  }
  return fitting;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

import { printable } from "../../system/printable.ts";

const GAP = "  ";
/** What a column keeps, however narrow the terminal is. */
const LEAST = 8;

/**
 * Rows of texts as aligned lines. On a terminal what is too long for it is cut, the widest columns first, and ends with `…`;
 * in a pipe everything is there.
 *
 * @param columns of the terminal; null: no terminal
 */
export function table(rows: readonly (readonly string[])[], columns: number | null): string {
  const texts = rows.map((row) => row.map(printable));
  const count = Math.max(0, ...texts.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(0, ...texts.map((row) => lengthOf(row[at] ?? ""))));
  const fitting = columns === null ? widths : fitted(widths, columns - GAP.length * (count - 1));
  return texts.map((row) => `${line(row, fitting)}\n`).join("");
}

function line(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((text, at) => padded(cut(text, widths[at] ?? 0), at === row.length - 1 ? 0 : (widths[at] ?? 0)))
    .join(GAP)
    .trimEnd();
}

/** Takes from the widest until all fit. */
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

function cut(text: string, width: number): string {
  return lengthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join("")}…`;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - lengthOf(text)));
}

function lengthOf(text: string): number {
  return [...text].length;
}

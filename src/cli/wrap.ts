/** Wraps text for a terminal without losing any. Colours have no width. */

const STYLE = /\u001b\[[\d;]*m/g;
const CHARACTER = /(?:\u001b\[[\d;]*m)*.(?:\u001b\[[\d;]*m)*/gsu;
/** The minimum width of the text after a hanging indent. */
const MIN_TEXT = 24;

/** In characters. */
export function widthOf(text: string): number {
  return [...text.replace(STYLE, "")].length;
}

/**
 * Breaks at blanks; a longer word, such as a parameter path, is broken at the end of the line. Runs of blanks become
 * one.
 */
export function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of wordsOf(text).flatMap((long) => pieces(long, columns))) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** Wraps one line; continuation lines go below its last column, or are indented. */
export function wrapLine(line: string, columns: number, hang = hangOf(line, columns)): readonly string[] {
  if (widthOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = "";
  for (const [, gap = "", long = ""] of line.matchAll(/(\s*)(\S+)/g)) {
    for (const [at, word] of pieces(long, Math.max(1, columns - hang)).entries()) {
      const between = at === 0 ? gap : "";
      const fits = widthOf(current) + between.length + widthOf(word) <= columns;
      if (fits) current += between + word;
      else {
        if (current.trim() !== "") lines.push(current);
        current = " ".repeat(lines.length === 0 ? 0 : hang) + word;
      }
    }
  }
  return [...lines, current];
}

/** Each line of a text separately. */
export function wrapText(text: string, columns: number): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, columns))
    .join("\n");
}

/** Where the last column of a line begins, after two blanks or more; otherwise two after its indent. */
function hangOf(line: string, columns: number): number {
  const plain = line.replace(STYLE, "");
  const indent = plain.length - plain.trimStart().length;
  const starts = [...plain.matchAll(/\S {2,}(?=\S)/g)].map(({ index, 0: gap }) => index + gap.length);
  const column = starts.filter((start) => start <= columns - MIN_TEXT).at(-1);
  return column ?? Math.min(indent + 2, Math.max(0, columns - MIN_TEXT));
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function pieces(word: string, columns: number): readonly string[] {
  if (widthOf(word) <= columns) return [word];
  const characters = word.match(CHARACTER) ?? [];
  const count = Math.ceil(characters.length / columns);
  return Array.from({ length: count }, (_, at) => characters.slice(at * columns, (at + 1) * columns).join(""));
}

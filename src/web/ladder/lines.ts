/** How many characters fit between the lifelines on a screen of 360 pixels: less beside the size of a message. */
const FIRST_COLUMNS = 26;
const COLUMNS = 36;
const MAX_LINES = 8;

/** Texts as the lines below an arrow, with something `beside` the first or not. What is longer than a picture bears ends in `…`. */
export function noteLines(texts: readonly string[], beside: boolean): readonly string[] {
  const lines: string[] = [];
  for (const text of texts) {
    let rest = plainText(text);
    while (rest !== "" && lines.length <= MAX_LINES) {
      const [line, left] = takeLine(rest, lines.length === 0 && beside ? FIRST_COLUMNS : COLUMNS);
      lines.push(line);
      rest = left;
    }
  }
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES - 1), "…"];
}

/** In one line: white space folded, and nothing that would turn round, hide or overstrike its neighbours. */
export function plainText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, "\uFFFD")
    .trim();
}

export function shortened(text: string, columns: number): string {
  const characters = [...plainText(text)];
  return characters.length > columns ? `${characters.slice(0, columns - 1).join("")}…` : characters.join("");
}

/** Breaks at a blank, else behind a dot or slash of a path, else where the line is full. */
function takeLine(text: string, columns: number): readonly [line: string, rest: string] {
  const characters = [...text.slice(0, 2 * columns + 2)];
  if (characters.length <= columns) return [text, ""];
  const fitting = characters.slice(0, columns + 1);
  const blank = fitting.lastIndexOf(" ");
  const full = fitting.slice(0, columns);
  const joint = Math.max(full.lastIndexOf("."), full.lastIndexOf("/")) + 1;
  const end = blank > 0 ? blank : joint > 0 ? joint : columns;
  const line = characters.slice(0, end).join("");
  return [line, text.slice(line.length).trimStart()];
}

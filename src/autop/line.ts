/** One line of an AutoP file, kept as it was written. */
export interface Line {
  /** Without the line end. */
  text: string;
  /** Empty for a last line that has none. */
  end: "" | "\n" | "\r\n";
}

/** Cuts a text into lines; their texts and ends, put together again, are the text. */
export function splitLines(text: string): Line[] {
  const pieces = text.split("\n");
  const last = pieces.pop() ?? "";
  const lines = pieces.map<Line>((piece) =>
    piece.endsWith("\r") ? { text: piece.slice(0, -1), end: "\r\n" } : { text: piece, end: "\n" },
  );
  if (last !== "") lines.push({ text: last, end: "" });
  return lines;
}

/** The key as it is spelled in the line; null for a comment, an empty line, and whatever else is not `key = value`. */
export function keyOf(text: string): string | null {
  const equals = text.indexOf("=");
  if (equals < 0) return null;
  const key = text.slice(skipBlanks(text, 0), skipBlanksBack(text, equals));
  return key === "" || key.startsWith("#") || key.startsWith(";") || /\s/.test(key) ? null : key;
}

/** All behind the first `=`, without the blanks around it. `#` has no meaning there: it may be a part of the value. */
export function settingOf(text: string): string {
  const start = skipBlanks(text, text.indexOf("=") + 1);
  return text.slice(start, Math.max(start, skipBlanksBack(text, text.length)));
}

/** The line with another value, and the key in the spelling given; what else is in it stays. */
export function withValue(text: string, key: string, value: string): string {
  const equals = text.indexOf("=");
  const indent = text.slice(0, skipBlanks(text, 0));
  const before = text.slice(skipBlanksBack(text, equals), equals);
  const valueStart = skipBlanks(text, equals + 1);
  const valueEnd = Math.max(valueStart, skipBlanksBack(text, text.length));
  if (value === "") return `${indent}${key}${before}=`;
  // An empty value often stands without the blank that follows other `=` signs.
  const after = valueStart === valueEnd ? before : text.slice(equals + 1, valueStart);
  const trailing = valueStart === valueEnd ? "" : text.slice(valueEnd);
  return `${indent}${key}${before}=${after}${value}${trailing}`;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}

function skipBlanks(text: string, from: number): number {
  let index = from;
  while (index < text.length && isBlank(text.charCodeAt(index))) index++;
  return index;
}

function skipBlanksBack(text: string, from: number): number {
  let index = from;
  while (index > 0 && isBlank(text.charCodeAt(index - 1))) index--;
  return index;
}

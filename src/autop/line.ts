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

/**
 * Everything after the first `=`, without surrounding blanks and without a comment `//text//` at the end of the line.
 * `#` has no meaning there: it may be a part of the value.
 */
export function settingOf(text: string): string {
  const start = skipBlanks(text, text.indexOf("=") + 1);
  return text.slice(start, valueEndOf(text, start));
}

/** The line with another value; what else is in it stays, the spelling of its key and a comment included. */
export function withValue(text: string, value: string): string {
  const equals = text.indexOf("=");
  const head = text.slice(0, equals + 1);
  const commentStart = commentOf(text, equals + 1);
  const comment = text.slice(commentStart);
  if (value === "") return head + comment;
  const valueStart = Math.min(commentStart, skipBlanks(text, equals + 1));
  const valueEnd = valueEndOf(text, valueStart);
  // An empty value often lacks the blank after `=`.
  const blanks = text.slice(skipBlanksBack(text, equals), equals);
  const after = valueStart === valueEnd ? blanks : text.slice(equals + 1, valueStart);
  const trailing = valueStart === valueEnd ? comment : text.slice(valueEnd);
  const changed = `${head}${after}${value}${trailing}`;
  // With a comment behind it, a `//` in the value itself would begin the comment.
  return settingOf(changed) === value ? changed : `${head}${after}${value}`;
}

/** Whether a line that holds this value would be read as another value with a comment behind it. */
export function looksCommented(value: string): boolean {
  const line = `= ${value}`;
  return commentOf(line, 1) < line.length;
}

/** Where the value ends that starts there. */
function valueEndOf(text: string, start: number): number {
  return Math.max(start, skipBlanksBack(text, commentOf(text, text.indexOf("=") + 1)));
}

/**
 * Where the comment of a line begins, with the blanks before it; the length of the line where there is none. The vendor's
 * examples write one as `//text//`, the last thing in the line and after a blank: no URL and no path reads like that.
 */
function commentOf(text: string, from: number): number {
  const end = skipBlanksBack(text, text.length);
  if (!text.startsWith("//", end - 2)) return text.length;
  for (let at = text.indexOf("//", from); at >= 0 && at + 2 < end - 2; at = text.indexOf("//", at + 1)) {
    if (isBlank(text.charCodeAt(at - 1))) return Math.max(from, skipBlanksBack(text, at));
  }
  return text.length;
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

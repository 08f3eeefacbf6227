import { crc32 } from "node:zlib";

/** One change in the state file of a fleet. Owner and name have no blanks, the text no line feed. */
export type StateRecord =
  | { readonly kind: "put"; readonly owner: string; readonly name: string; readonly text: string }
  | { readonly kind: "remove"; readonly owner: string; readonly name: string }
  /** Everything of that owner. */
  | { readonly kind: "forget"; readonly owner: string };

/** The first line of the file. */
export const FORMAT = "akuvox-cpe fleet state ";
export const VERSION = 1;
/** Of one line, with its end. */
export const MAX_LINE_BYTES = 32 * 2 ** 20;

const SUM_DIGITS = 8;
const LINE_FEED = 0x0a;
const BLANK = 0x20;

/** `<CRC-32 of the rest> put <owner> <name> <text>` and a line feed. Throws RangeError where it is too long. */
export function encodeRecord(record: StateRecord): Buffer {
  const rest = Buffer.from(` ${Object.values(record).join(" ")}`);
  if (SUM_DIGITS + rest.length + 1 > MAX_LINE_BYTES)
    throw new RangeError(`it has more than ${MAX_LINE_BYTES / 2 ** 20} MiB`);
  return Buffer.concat([Buffer.from(sumOf(rest)), rest, Buffer.of(LINE_FEED)]);
}

/** Null: the line, without its end, is not one that was written whole. */
export function decodeRecord(line: Buffer): StateRecord | null {
  if (line.toString("latin1", 0, SUM_DIGITS) !== sumOf(line.subarray(SUM_DIGITS))) return null;
  // Word by word: a part of a long string would keep all of it in memory.
  const words: string[] = [];
  let from = SUM_DIGITS + 1;
  for (let end = line.indexOf(BLANK, from); end >= 0 && words.length < 3; end = line.indexOf(BLANK, from)) {
    words.push(line.toString("utf8", from, end));
    from = end + 1;
  }
  words.push(line.toString("utf8", from));
  const [kind, owner, name, text] = words;
  if (owner === undefined) return null;
  if (kind === "forget") return { kind, owner };
  if (name === undefined) return null;
  if (kind === "remove") return { kind, owner, name };
  return kind === "put" && text !== undefined ? { kind, owner, name, text } : null;
}

function sumOf(rest: Buffer): string {
  return crc32(rest).toString(16).padStart(SUM_DIGITS, "0");
}

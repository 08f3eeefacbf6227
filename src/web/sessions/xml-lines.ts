/** A line of an envelope: how far it is indented, and its pieces, tags and what stands between them. */
export interface XmlLine {
  readonly depth: number;
  readonly pieces: readonly Piece[];
}

export interface Piece {
  readonly kind: "open" | "close" | "alone" | "text";
  readonly text: string;
}

/** Deeper ones are not indented further: a page must not grow with the square of an envelope. */
const MAX_DEPTH = 16;

/** One element or tag on each line, an element without others inside in one. Takes any text, in linear time, and loses none but white space between tags. */
export function xmlLines(text: string): readonly XmlLine[] {
  const pieces = [...piecesOf(text)].filter(({ kind, text: part }) => kind !== "text" || part.trim() !== "");
  const lines: XmlLine[] = [];
  let depth = 0;
  for (let at = 0; at < pieces.length; ) {
    const count = elementLength(pieces, at);
    const line = pieces.slice(at, at + count);
    const only = count === 1 ? line[0]?.kind : undefined;
    if (only === "close") depth = Math.max(0, depth - 1);
    lines.push({ depth: Math.min(depth, MAX_DEPTH), pieces: line });
    if (only === "open") depth++;
    at += count;
  }
  return lines;
}

/** How many pieces go on one line: `<A>text</A>`, `<A></A>`, or the one that is there. */
function elementLength(pieces: readonly Piece[], at: number): number {
  if (pieces[at]?.kind !== "open") return 1;
  if (pieces[at + 1]?.kind === "close") return 2;
  return pieces[at + 1]?.kind === "text" && pieces[at + 2]?.kind === "close" ? 3 : 1;
}

const SECTIONS = [
  { start: "<![CDATA[", end: "]]>" },
  { start: "<!--", end: "-->" },
  { start: "<?", end: "?>" },
] as const;

function* piecesOf(text: string): Generator<Piece> {
  let at = 0;
  while (at < text.length) {
    const tag = text.indexOf("<", at);
    const textEnd = tag === -1 ? text.length : tag;
    if (textEnd > at) yield { kind: "text", text: text.slice(at, textEnd) };
    if (tag === -1) return;
    const section = SECTIONS.find(({ start }) => text.startsWith(start, tag));
    const mark = section?.end ?? ">";
    const found = text.indexOf(mark, tag);
    at = found === -1 ? text.length : found + mark.length;
    const piece = text.slice(tag, at);
    yield { kind: found === -1 ? "text" : kindOf(piece, section !== undefined), text: piece };
  }
}

function kindOf(piece: string, section: boolean): Piece["kind"] {
  if (section || piece.startsWith("<!") || piece.endsWith("/>")) return "alone";
  return piece.startsWith("</") ? "close" : "open";
}

/** Draws sessions as a text ladder between CPE and ACS: who said what, when and how much. Pure. */
import { BAD_MARK, elapsedText, type Rung, rungOf } from "../ladder/rung.ts";
import type { TraceRecord } from "../ports/trace.ts";
import { printableAll } from "../system/printable.ts";
import { createPaint, type Paint } from "./paint.ts";

export interface LadderOptions {
  /** Columns to draw in, 60 or more; default 80. */
  readonly width?: number;
  readonly color?: boolean;
}

interface Sheet {
  /** Columns between the two lifelines. */
  readonly inner: number;
  readonly paint: Paint;
}

const TIME_COLUMNS = 9;
const HEADS = { right: ["───", "──▶"], left: ["◀──", "───"], both: ["◀──", "──▶"] } as const;

/** One ladder for each session, an empty line between them. Ends without a line feed. */
export function drawLadder(records: readonly TraceRecord[], options: LadderOptions = {}): string {
  const sheet = createSheet(options);
  const numbers = [...new Set(records.map((record) => record.session))];
  return numbers
    .map((number) => drawSession(records.filter((record) => record.session === number).map(harmlessRung), sheet))
    .join("\n\n");
}

function drawSession(rungs: readonly Rung[], sheet: Sheet): string {
  const startedAt = rungs[0]?.at ?? 0;
  return [heading(sheet), ...rungs.flatMap((rung) => drawRung(rung, startedAt, sheet))].join("\n");
}

/** Draws records as they come: each call answers the lines that one more record adds, with line feeds. */
export function createGrowingLadder(options: LadderOptions = {}): (record: TraceRecord) => string {
  const sheet = createSheet(options);
  let current: { readonly session: number; readonly startedAt: number } | null = null;
  return (record) => {
    const lines: string[] = [];
    if (current?.session !== record.session) {
      if (current !== null) lines.push("");
      lines.push(heading(sheet));
      current = { session: record.session, startedAt: record.at };
    }
    lines.push(...drawRung(harmlessRung(record), current.startedAt, sheet));
    return lines.map((line) => `${line}\n`).join("");
  };
}

/** What the ACS and the phone have said stands in it. */
function harmlessRung(record: TraceRecord): Rung {
  return rungOf(printableAll(record));
}

function createSheet({ width = 80, color = false }: LadderOptions): Sheet {
  return { inner: Math.max(width, 60) - TIME_COLUMNS - 2, paint: createPaint(color) };
}

function heading({ inner, paint }: Sheet): string {
  return `${" ".repeat(TIME_COLUMNS - 1)}${paint.bold("CPE")}${" ".repeat(inner - 3)}${paint.bold("ACS")}`;
}

function drawRung(rung: Rung, startedAt: number, sheet: Sheet): readonly string[] {
  const time = elapsedText(rung.at - startedAt).padStart(TIME_COLUMNS - 1);
  const arrow = `${sheet.paint.dim(time)} │${drawArrow(rung, sheet)}│`;
  const lines = rung.notes.flatMap((line) => wrap(line, sheet.inner - 6));
  const notes = lines.map((line) => {
    const text = tinted(sheet.paint, rung.tone)(line.padEnd(sheet.inner - 5));
    return `${" ".repeat(TIME_COLUMNS)}│     ${text}│`;
  });
  return [arrow, ...notes];
}

function drawArrow({ direction, method, name, tail, tone }: Rung, { inner, paint }: Sheet): string {
  const label = `${tone === "bad" ? `${BAD_MARK} ` : ""}${method === "" ? name : `${method}  ${name}`}`;
  const [start, end] = HEADS[direction];
  const tailText = tail === "" ? "" : ` ${tail} `;
  const room = inner - start.length - end.length - tailText.length - 2;
  const shown = label.length > room ? `${label.slice(0, room - 1)}…` : label;
  const line = "─".repeat(room - shown.length);
  return `${start} ${tinted(paint, tone)(shown)} ${paint.dim(line)}${paint.dim(tailText)}${end}`;
}

function tinted(paint: Paint, tone: Rung["tone"]): (text: string) => string {
  if (tone === "bad") return paint.red;
  if (tone === "good") return paint.green;
  return tone === "quiet" ? paint.dim : (text) => text;
}

/** Breaks at blanks; a longer word, such as a parameter path, is broken where the line ends. */
function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).flatMap((long) => long.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [])) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

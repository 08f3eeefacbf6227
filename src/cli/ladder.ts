/** Draws sessions as a text ladder between CPE and ACS: sender, message, time and size. Pure. */
import { BAD_MARK, elapsedText, type Rung, rungOf, startOf } from "../ladder/rung.ts";
import { sipRungOf } from "../ladder/sip-rung.ts";
import type { SipRecord } from "../ports/sip-log.ts";
import type { TraceRecord } from "../ports/trace.ts";
import { printableAll } from "../system/printable.ts";
import { createPaint, type Paint } from "./paint.ts";
import { wrapWords } from "./wrap.ts";

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
/** The minimum width of a name on its arrow. */
const MIN_NAME = 15;
const HEADS = { right: ["───", "──▶"], left: ["◀──", "───"], both: ["◀──", "──▶"], stopped: ["───", "─╳ "] } as const;

/** One ladder for each session, an empty line between them. Ends without a line feed. */
export function drawLadder(records: readonly TraceRecord[], options: LadderOptions = {}): string {
  const sheet = createSheet(options);
  const numbers = [...new Set(records.map((record) => record.session))];
  return numbers
    .map((number) =>
      drawSession(
        records.filter((record) => record.session === number),
        sheet,
      ),
    )
    .join("\n\n");
}

function drawSession(records: readonly TraceRecord[], sheet: Sheet): string {
  const startedAt = startOf(records);
  const rungs = records.map(harmlessRung);
  return [heading(sheet), ...rungs.flatMap((rung) => drawRung(rung, startedAt, sheet))].join("\n");
}

/** Draws records as they arrive: each call returns the lines that one more record adds, with line feeds. */
export function createGrowingLadder(options: LadderOptions = {}): (record: TraceRecord) => string {
  const sheet = createSheet(options);
  let current: { readonly session: number; readonly startedAt: number } | null = null;
  return (record) => {
    const lines: string[] = [];
    if (current?.session !== record.session) {
      if (current !== null) lines.push("");
      lines.push(heading(sheet));
      current = { session: record.session, startedAt: startOf([record]) };
    }
    lines.push(...drawRung(harmlessRung(record), current.startedAt, sheet));
    return lines.map((line) => `${line}\n`).join("");
  };
}

/** It contains text of the ACS and the phone. */
function harmlessRung(record: TraceRecord): Rung {
  return rungOf(printableAll(record));
}

/** SIP messages between the phone and its peers. Ends without a line feed. */
export function drawSipLadder(records: readonly SipRecord[], options: LadderOptions = {}): string {
  const sheet = createSheet(options);
  const startedAt = records[0]?.at ?? 0;
  const rungs = records.flatMap((record) => drawRung(sipRungOf(printableAll(record)), startedAt, sheet));
  return [heading(sheet, "Phone", "SIP"), ...rungs].join("\n");
}

function createSheet({ width = 80, color = false }: LadderOptions): Sheet {
  return { inner: Math.max(width, 60) - TIME_COLUMNS - 2, paint: createPaint(color) };
}

function heading({ inner, paint }: Sheet, left = "CPE", right = "ACS"): string {
  return `${" ".repeat(TIME_COLUMNS - 1)}${paint.bold(left)}${" ".repeat(inner - left.length)}${paint.bold(right)}`;
}

function drawRung(whole: Rung, startedAt: number, sheet: Sheet): readonly string[] {
  const rung = nameColumns(whole, sheet) < MIN_NAME ? withoutTail(whole) : whole;
  const time = elapsedText(rung.at - startedAt).padStart(TIME_COLUMNS - 1);
  const [name = "", ...left] = wrapWords(rung.name, nameColumns(rung, sheet));
  const arrow = `${sheet.paint.dim(time)} │${drawArrow({ ...rung, name }, sheet)}│`;
  const lines = [...left, ...rung.notes.flatMap((line) => wrapWords(line, sheet.inner - 6))];
  const notes = lines.map((line) => {
    const text = tinted(sheet.paint, rung.tone)(line.padEnd(sheet.inner - 5));
    return `${" ".repeat(TIME_COLUMNS)}│     ${text}│`;
  });
  return [arrow, ...notes];
}

/** A long tail, such as an IPv6 address, goes below. */
function withoutTail(rung: Rung): Rung {
  return { ...rung, tail: "", notes: [rung.tail, ...rung.notes] };
}

function drawArrow(rung: Rung, sheet: Sheet): string {
  const { paint } = sheet;
  const [start, end] = HEADS[rung.direction];
  const label = `${beforeName(rung)}${rung.name}`;
  const line = "─".repeat(Math.max(0, nameColumns(rung, sheet) - rung.name.length));
  return `${start} ${tinted(paint, rung.tone)(label)} ${paint.dim(line)}${paint.dim(tailOf(rung))}${end}`;
}

/** The part of a name that fits on its arrow; the rest goes below. */
function nameColumns(rung: Rung, { inner }: Sheet): number {
  const [start, end] = HEADS[rung.direction];
  return inner - start.length - end.length - tailOf(rung).length - 2 - beforeName(rung).length;
}

function beforeName({ tone, method }: Rung): string {
  return `${tone === "bad" ? `${BAD_MARK} ` : ""}${method === "" ? "" : `${method}  `}`;
}

function tailOf({ tail }: Rung): string {
  return tail === "" ? "" : ` ${tail} `;
}

function tinted(paint: Paint, tone: Rung["tone"]): (text: string) => string {
  if (tone === "bad") return paint.red;
  if (tone === "good") return paint.green;
  return tone === "quiet" ? paint.dim : (text) => text;
}

/** Draws a session as a picture (SVG): what CPE and ACS said to each other, from top to bottom. Pure. */
import { html } from "hono/html";
import { rungOf, startOf } from "../../ladder/rung.ts";
import { sipRungOf } from "../../ladder/sip-rung.ts";
import type { RecordedSession } from "../../ports/session-log.ts";
import type { SipRecord } from "../../ports/sip-log.ts";
import type { Html } from "../page.ts";
import { type RungShape, shapeRung } from "./rung-shape.ts";

const HEAD_HEIGHT = 34;
const GAP_HEIGHT = 40;
const FOOT_HEIGHT = 16;

/**
 * It has no size of its own: it is as wide as its page, so that its letters are as large on a telephone as on a desk; the
 * stylesheet leaves room for the times at its left. Read aloud it is a list of what happened.
 */
export function drawLadder(session: RecordedSession): Html {
  return drawRows(rowsOf(session), { left: "CPE", right: "ACS", label: labelOf(session), isOpen: session.running });
}

/** SIP messages of the phone in the same form. */
export function drawSipLadder(records: readonly SipRecord[]): Html {
  const startedAt = records[0]?.at ?? 0;
  const parties = { left: "phone", right: "SIP" };
  const rows = records.map(sipRungOf).map((rung): Row => {
    return { className: `rung ${rung.tone}`, ...shapeRung(rung, startedAt, null, parties) };
  });
  return drawRows(rows, { ...parties, label: "SIP messages of the phone", isOpen: true });
}

interface Sheet {
  readonly left: string;
  readonly right: string;
  readonly label: string;
  /** It goes on. */
  readonly isOpen: boolean;
}

function drawRows(rows: readonly Row[], { left, right, label, isOpen }: Sheet): Html {
  const tops = rows.map((_row, index) => rows.slice(0, index).reduce((sum, { height }) => sum + height, HEAD_HEIGHT));
  const bottom = (tops.at(-1) ?? HEAD_HEIGHT) + (rows.at(-1)?.height ?? 0);
  const height = bottom + FOOT_HEIGHT;
  return html`<svg class="ladder" xmlns="http://www.w3.org/2000/svg" height="${height}" role="list" aria-label="${label}">
<g aria-hidden="true">${lifelineOf("0", left, bottom, isOpen)}${lifelineOf("100%", right, bottom, isOpen)}</g>
${rows.map((row, index) => html`<g class="${row.className}" role="listitem" transform="translate(0 ${tops[index] ?? 0})">${row.drawing}</g>\n`)}</svg>`;
}

interface Row extends RungShape {
  readonly className: string;
}

function rowsOf(session: RecordedSession): readonly Row[] {
  const { records, gap } = session;
  const startedAt = startOf(records);
  const rows = records.map((record, index): Row => {
    const rung = rungOf(record);
    const place = placeOf(session, index);
    const href = (record.bytes ?? 0) > 0 ? `/sessions/${session.session}/${place}` : null;
    return { className: `rung ${rung.tone}`, ...shapeRung(rung, startedAt, href) };
  });
  return gap === undefined ? rows : [...rows.slice(0, gap.at), gapRow(gap.count), ...rows.slice(gap.at)];
}

/** Of a record in the whole session, those that are not kept counted. */
export function placeOf({ gap }: RecordedSession, index: number): number {
  return gap === undefined || index < gap.at ? index : index + gap.count;
}

function gapRow(count: number): Row {
  const drawing = html`<text class="note middle" x="50%" y="25">⋮ ${count} more, not kept ⋮</text>`;
  return { className: "rung gap", height: GAP_HEIGHT, drawing };
}

function lifelineOf(x: "0" | "100%", name: string, bottom: number, isOpen: boolean): Html {
  const end = isOpen
    ? html`<line class="life open" y1="${bottom}" y2="${bottom + FOOT_HEIGHT}"/>`
    : html`<line class="life" x1="-7" x2="7" y1="${bottom + 4}" y2="${bottom + 4}"/><line class="life" y1="${bottom}" y2="${bottom + 4}"/>`;
  return html`<svg class="side" x="${x}"><rect class="party" x="-22" y="1" width="44" height="24" rx="12"/><text class="party" y="18">${name}</text>
<line class="life" y1="26" y2="${bottom}"/>${end}</svg>`;
}

function labelOf({ session, running }: RecordedSession): string {
  return `Session ${session} between CPE and ACS${running ? ", still running" : ""}`;
}

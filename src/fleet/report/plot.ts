import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface PlotSeries {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LinePlot {
  readonly title: string;
  /** The text alternative. */
  readonly description: string;
  readonly series: readonly PlotSeries[];
  /** Where the marks of the x axis are; evenly spread where left out. */
  readonly marks?: readonly number[];
  readonly showX: (x: number) => string;
  readonly showY: (y: number) => string;
}

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 28;
const STEPS = 4;
/** Lines differ in their strokes too, not in colour alone. */
const STROKES = ["none", "8 4", "2 3", "12 4 2 4"];

/** Lines over one axis, drawn as SVG. */
export function linePlot(plot: LinePlot): Markup {
  const points = plot.series.flatMap(({ points: all }) => all);
  const titled = html`<h3>${plot.title}</h3>`;
  if (points.length === 0) return html`<figure>${titled}<p class="quiet">Nothing was measured.</p></figure>`;
  const scale = scaleOf(points);
  const lines = plot.series.map(({ points: own }, at) => polyline(own, at, scale));
  return html`<figure>${titled}
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${plot.title}. ${plot.description}">${axes(plot, scale)}${lines}</svg>
${plot.series.length > 1 ? legend(plot.series) : ""}</figure>`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly top: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function scaleOf(points: readonly Point[]): Scale {
  const low = points.reduce((least, { x }) => Math.min(least, x), Number.POSITIVE_INFINITY);
  const high = points.reduce((most, { x }) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  const top = niceAbove(points.reduce((most, { y }) => Math.max(most, y), 0));
  const width = Math.max(high - low, 1e-9);
  const place = (value: number): number => Math.round(value * 10) / 10;
  return {
    low,
    high,
    top,
    x: (value) => place(LEFT + ((value - low) / width) * (WIDTH - LEFT - RIGHT)),
    y: (value) => place(HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)),
  };
}

/** The next of 1, 2, 4, 5, 8 and 10 times a power of ten, so that quarters of it are short numbers. */
export function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

function axes({ marks, showX, showY }: LinePlot, { low, high, top, x, y }: Scale): Markup {
  const rows = Array.from({ length: STEPS + 1 }, (_, at) => (top * at) / STEPS).map(
    (value) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${showY(value)}</text>`,
  );
  const spread = Array.from({ length: STEPS + 1 }, (_, at) => low + ((high - low) * at) / STEPS);
  const columns = (marks ?? spread).map((value, at, all) => {
    const anchor = at === 0 ? "start" : at === all.length - 1 ? "end" : "middle";
    return html`<text x="${x(value)}" y="${HEIGHT - 8}" text-anchor="${anchor}">${showX(value)}</text>`;
  });
  return html`<g aria-hidden="true">${rows}${columns}</g>`;
}

function polyline(points: readonly Point[], at: number, { x, y }: Scale): Markup {
  const path = points.map((point) => `${x(point.x)},${y(point.y)}`).join(" ");
  const dash = STROKES[at % STROKES.length] ?? "none";
  return html`<polyline class="line line${at % STROKES.length}" stroke-dasharray="${dash}" points="${raw(path)}"/>`;
}

function legend(series: readonly PlotSeries[]): Markup {
  const items = series.map(
    ({ name }, at) => html`<li><svg class="key" viewBox="0 0 32 8" aria-hidden="true"><line class="line line${at}"
 stroke-dasharray="${STROKES[at] ?? "none"}" x1="0" x2="32" y1="4" y2="4"/></svg> ${name}</li>`,
  );
  return html`<ul class="legend">${items}</ul>`;
}

/** Counts as a table with a bar for each. */
export function barTable(caption: string, counts: Readonly<Record<string, number>>): Markup {
  const rows = Object.entries(counts);
  if (rows.length === 0) return html`<figure><h3>${caption}</h3><p class="quiet">None.</p></figure>`;
  const most = Math.max(...rows.map(([, count]) => count), 1);
  const cells = rows.map(
    ([name, count]) => html`<tr><th scope="row">${name}</th><td class="number">${count.toLocaleString("en-US")}</td>
<td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * count) / most}" height="10"/></svg></td></tr>`,
  );
  return html`<figure><h3>${caption}</h3><div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table>
<thead><tr><th scope="col">What</th><th scope="col" class="number">Times</th><th scope="col">Share of the most frequent</th></tr></thead>
<tbody>${cells}</tbody></table></div></figure>`;
}

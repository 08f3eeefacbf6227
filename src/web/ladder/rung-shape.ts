import { html } from "hono/html";
import { BAD_MARK, elapsedText, type Rung } from "../../ladder/rung.ts";
import type { Html } from "../page.ts";
import { noteLines, shortened } from "./lines.ts";

/** One rung as a part of the picture. x is 0 at the CPE's lifeline and 100 % at that of the ACS; y is 0 at the rung's top. */
export interface RungShape {
  readonly height: number;
  readonly drawing: Html;
}

const NAME_Y = 17;
const ARROW_Y = 25;
const NOTE_Y = 42;
const LINE_HEIGHT = 16;
const SPACE_BELOW = 11;
/** Set smaller where there is little room. */
const LONG_NAME = 26;
/** The longest name of an RPC; what calls itself more than that is cut. */
const NAME_COLUMNS = 34;
/** A longer address, such as of IPv6, stands below the arrow. */
const TAIL_COLUMNS = 24;

/** Who stands at the lifelines. */
const CWMP = { left: "CPE", right: "ACS" };

/** `href`: where a click leads; null: nowhere. */
export function shapeRung(rung: Rung, startedAt: number, href: string | null, parties = CWMP): RungShape {
  const beside = rung.tail.length <= TAIL_COLUMNS;
  const name = `${rung.tone === "bad" ? `${BAD_MARK} ` : ""}${shortened(rung.name, NAME_COLUMNS)}`;
  const meta = metaOf(rung, beside);
  const notes = noteLines(beside ? rung.notes : [rung.tail, ...rung.notes], meta !== null);
  const height = NOTE_Y + Math.max(0, notes.length - 1) * LINE_HEIGHT + SPACE_BELOW;
  const time = elapsedText(Math.max(0, rung.at - startedAt));
  const picture = html`<rect class="hit" y="3" width="100%" height="${height - 4}" rx="5"/>
<text class="name${rung.name.length > LONG_NAME ? " long" : ""}" x="12" y="${NAME_Y}">${name}</text>
${meta ?? ""}${arrowOf(rung, parties)}
${notes.map((note, line) => html`<text class="note" x="12" y="${NOTE_Y + line * LINE_HEIGHT}">${note}</text>\n`)}`;
  const drawing = html`<text class="time" x="-12" y="${ARROW_Y + 4}">${time}</text>
${href === null ? picture : html`<a href="${href}">${picture}</a>`}`;
  return { height, drawing };
}

/** How it was said and how much, at the right end of the arrow; null: nothing. */
function metaOf({ method, tail }: Rung, beside: boolean): Html | null {
  const [word = "", verb = ""] = method.split(" ");
  const rest = [verb, beside ? shortened(tail, TAIL_COLUMNS) : ""].filter((text) => text !== "").join(" · ");
  if (rest === "") return null;
  const first = word === "" ? "" : html`<tspan class="word">${word} </tspan>`;
  return html`<text class="meta" x="100%" dx="-12" y="${NAME_Y}">${first}${rest}</text>`;
}

/** For screen readers it names sender and receiver, between the name and its details. */
function arrowOf({ direction, tone }: Rung, { left: cpe, right: acs }: typeof CWMP): Html {
  const there = `${cpe} to ${acs}`;
  const way = { right: there, left: `${acs} to ${cpe}`, both: `${cpe} and ${acs}`, stopped: `${there}, not reached` }[
    direction
  ];
  const right = html`<svg x="100%" y="${ARROW_Y}"><path d="M-1 0-10-4.5v9z"/></svg>`;
  const left = html`<svg y="${ARROW_Y}"><path d="M1 0 10-4.5v9z"/></svg>`;
  const cross = html`<svg x="100%" y="${ARROW_Y}"><path d="M-21-6-9 6M-9-6-21 6" stroke="currentColor" stroke-width="2"/></svg>`;
  if (direction === "stopped")
    return html`<g class="arrow" role="img" aria-label="failure, ${way}"><svg width="100%" overflow="visible"><line x2="97%" y1="${ARROW_Y}" y2="${ARROW_Y}"/></svg>${cross}</g>`;
  return html`<g class="arrow" role="img" aria-label="${tone === "bad" ? "failure, " : ""}${way}"><line x2="100%" y1="${ARROW_Y}" y2="${ARROW_Y}"/>${
    direction === "left" ? "" : right
  }${direction === "right" ? "" : left}</g>`;
}

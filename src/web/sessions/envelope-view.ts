import { html } from "hono/html";
import { MASK } from "../../cwmp/mask.ts";
import { elapsedText, rungOf, startOf } from "../../ladder/rung.ts";
import type { RecordedSession } from "../../ports/session-log.ts";
import { placeOf } from "../ladder/draw-ladder.ts";
import { plainText } from "../ladder/lines.ts";
import type { Html } from "../page.ts";
import { type XmlLine, xmlLines } from "./xml-lines.ts";

export interface ShownMessage {
  readonly session: RecordedSession;
  /** Of its record among those that are kept. */
  readonly index: number;
  /** Null: no longer kept. */
  readonly envelope: string | null;
}

/** The message with its secrets masked, and the way to its neighbours. */
export function envelopeView({ session, index, envelope }: ShownMessage): Html {
  const { records } = session;
  const record = records[index];
  if (record === undefined) return html``;
  const { direction, method, tail, notes } = rungOf(record);
  const from = direction === "left" ? "ACS to CPE" : "CPE to ACS";
  const facts = [from, method, tail, elapsedText(Math.max(0, record.at - startOf(records)))];
  return html`<p class="quiet">${facts.filter((fact) => fact !== "").join(" · ")}</p>
${notes.map((note) => html`<p>${plainText(note)}</p>`)}
${neighbours(session, index)}
${
  envelope === null
    ? notKept()
    : html`<p class="buttons" data-copy="envelope"><a class="button plain" href="/sessions/${session.session}/${placeOf(session, index)}/envelope.xml" download>Download</a></p>
<pre class="envelope" id="envelope" tabindex="0" aria-label="Envelope">${xmlLines(envelope).map(lineOf)}</pre>
<p class="hint">Secrets are shown as ${MASK}.</p>`
}`;
}

/** The name of a message: `Inform`, `(empty)`. */
export function messageName(session: RecordedSession, index: number): string {
  const record = session.records[index];
  return record === undefined ? "" : plainText(rungOf(record).name);
}

function notKept(): Html {
  return html`<p class="note bad">This envelope is no longer kept. The newest ones are, as far as there is room; to keep all, run
the agent with <code>--trace FOLDER</code>.</p>`;
}

function neighbours(session: RecordedSession, index: number): Html {
  const withBody = session.records.flatMap(({ bytes = 0 }, at) => (bytes > 0 ? [at] : []));
  const here = withBody.indexOf(index);
  const link = (at: number | undefined, text: (name: string) => string): Html | "" =>
    at === undefined
      ? ""
      : html`<a href="/sessions/${session.session}/${placeOf(session, at)}">${text(messageName(session, at))}</a>`;
  return html`<p class="neighbours">${link(withBody[here - 1], (name) => `← ${name}`)}
<a href="/sessions/${session.session}">Session ${session.session}</a>
${link(withBody[here + 1], (name) => `${name} →`)}</p>`;
}

function lineOf({ depth, pieces }: XmlLine): Html {
  return html`${"  ".repeat(depth)}${pieces.map(({ kind, text }) => (kind === "text" ? text : html`<span class="tag">${text}</span>`))}\n`;
}

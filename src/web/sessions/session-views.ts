/** The content of the session pages, without the frame: also fetched separately, while a session runs. */
import { html } from "hono/html";
import { elapsedText, sizeText } from "../../ladder/rung.ts";
import { faultCount, type SessionSummary, summaryOf } from "../../ladder/summary.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RecordedSession, SessionLog } from "../../ports/session-log.ts";
import { drawLadder } from "../ladder/draw-ladder.ts";
import { plainText } from "../ladder/lines.ts";
import { momentOf } from "../moments.ts";
import type { Html } from "../page.ts";

/** The newest session as a ladder, and all of them as a list, newest first. */
export function sessionsView(sessions: SessionLog, clock: Clock): Html {
  const all = sessions.sessions().toReversed();
  const newest = all[0];
  if (newest === undefined) return html`<p>There has been no session since the agent started.</p>`;
  return html`<h2><a href="/sessions/${newest.session}">Session ${newest.session}</a></h2>
${sessionView(newest, clock)}
<h2>All sessions</h2>
<p class="hint">The last sessions since the agent started, newest first.</p>
<div class="scroll"><table class="sessions">
<thead><tr><th scope="col">When</th><th scope="col">What for</th><th scope="col">Outcome</th><th scope="col" class="number extra">Duration</th><th scope="col" class="number extra">Messages</th><th scope="col" class="number extra">Size</th></tr></thead>
<tbody>${all.map((session) => sessionRow(session, clock))}</tbody>
</table></div>`;
}

/** One session: how it went, and its ladder. */
export function sessionView(session: RecordedSession, clock: Clock): Html {
  const summary = summaryOf(session);
  return html`<p class="outcome">${outcomeMark(summary)} <span class="quiet">${momentOf(summary.startedAt, clock)} · ${elapsedText(
    Math.max(0, summary.durationMs),
  )} · ${messageCount(session, summary)}</span></p>
${summary.reason === "" ? "" : html`<p class="note bad">${plainText(summary.reason)}</p>`}
${drawLadder(session)}`;
}

function sessionRow(session: RecordedSession, clock: Clock): Html {
  const summary = summaryOf(session);
  return html`<tr><td><a href="/sessions/${session.session}">${momentOf(summary.startedAt, clock)}</a></td>
<td>${summary.events.map((event) => html`<span class="event">${plainText(event)}</span> `)}</td>
<td>${outcomeMark(summary)}${faultMark(session)}</td>
<td class="number extra">${elapsedText(Math.max(0, summary.durationMs))}</td>
<td class="number extra">${summary.messages + (session.gap?.count ?? 0)}</td>
<td class="number extra">${session.gap === undefined ? "" : "≥ "}${sizeText(summary.bytes)}</td></tr>\n`;
}

function messageCount({ gap }: RecordedSession, { messages, bytes }: SessionSummary): string {
  return `${messages + (gap?.count ?? 0)} messages, ${gap === undefined ? "" : "at least "}${sizeText(bytes)}`;
}

const MARKS = { running: "● running", complete: "✓ complete", failed: "✗ failed" } as const;

/** Also on a session that came to its proper end. */
function faultMark(session: RecordedSession): Html {
  const count = faultCount(session);
  if (count === 0) return html``;
  return html` <strong class="mark failed">✗ ${count} ${count === 1 ? "fault" : "faults"}</strong>`;
}

function outcomeMark({ outcome }: SessionSummary): Html {
  return html`<strong class="mark ${outcome}">${MARKS[outcome]}</strong>`;
}

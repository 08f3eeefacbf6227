import { html } from "hono/html";
import type { Clock } from "../ports/clock.ts";
import type { Html } from "./page.ts";
import type { WebParts } from "./parts.ts";

/** The clock of the pages: the phone's own local time. */
export async function phoneClock({ clock, local }: Pick<WebParts, "clock" | "local">): Promise<Clock> {
  return { ...clock, offsetMinutes: await local.zone() };
}

/** A wall time (milliseconds since 1970) as the local time of that clock; in the reader's zone where scripts run. */
export function momentOf(at: number, clock: Clock): Html {
  const offset = clock.offsetMinutes(at);
  const local = new Date(at + offset * 60_000).toISOString();
  return html`<time class="moment" datetime="${new Date(at).toISOString()}" title="${zoneName(offset)}"><span>${local.slice(0, 10)}</span> <span>${local.slice(11, 19)}</span></time>`;
}

/** Which zone the times of a page are in; the script of the page names the reader's own. */
export function zoneNote(clock: Clock): Html {
  return html`<p class="hint" data-zone>Times are the phone's: ${zoneName(clock.offsetMinutes(clock.now()))}.</p>`;
}

/** `UTC+02:00`; `UTC` without a difference. */
function zoneName(offsetMinutes: number): string {
  if (offsetMinutes === 0) return "UTC";
  const minutes = Math.abs(offsetMinutes);
  const two = (count: number): string => String(Math.floor(count)).padStart(2, "0");
  return `UTC${offsetMinutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** How long it is until then; counts down where scripts run. */
export function countdownTo(at: number, clock: Clock): Html {
  const leftMs = Math.max(0, Math.round(at - clock.now()));
  return html`<span data-in="${leftMs}">${leftMs < 500 ? "now" : `in ${durationText(leftMs / 1000)}`}</span>`;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** The two largest units: `2 d 3 h`, `45 s`. */
export function durationText(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first === -1) return "0 s";
  const words: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.join(" ");
}

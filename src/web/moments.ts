import { html } from "hono/html";
import type { Clock } from "../ports/clock.ts";
import type { Html } from "./page.ts";
import type { WebParts } from "./parts.ts";

/** The clock of the pages: the phone's own local time. */
export async function phoneClock({ clock, local }: Pick<WebParts, "clock" | "local">): Promise<Clock> {
  return { ...clock, offsetMinutes: await local.zone() };
}

/** A wall time (milliseconds since 1970) as the local time of that clock. */
export function momentOf(at: number, clock: Clock): Html {
  const offset = clock.offsetMinutes(at);
  const local = new Date(at + offset * 60_000).toISOString();
  return html`<time class="moment" datetime="${new Date(at).toISOString()}"><span>${local.slice(0, 10)}</span> <span>${local.slice(11, 19)}</span></time>`;
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

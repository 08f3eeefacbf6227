import { html, raw } from "hono/html";
import { STYLE } from "../../web/style.ts";
import type { FleetMoment } from "../figures/timeline.ts";
import { shardText } from "../shards/shard.ts";
import type { FleetSummary, GroupSummary, LatencySummary } from "../summary.ts";
import type { Verdict } from "../verdict.ts";
import { duration, measuredText, milliseconds, number } from "../words.ts";
import { barTable, linePlot, type Markup, type Point } from "./plot.ts";

const OWN_STYLE = `
figure { margin: 0 0 1.5rem; }
figure h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
figure > svg { width: 100%; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
.grid { stroke: var(--faint); }
.line { fill: none; stroke: var(--accent); stroke-width: 2; }
.line1 { stroke: var(--bad); } .line2 { stroke: var(--good); } .line3 { stroke: var(--quiet); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .25rem 0 0; }
.key { width: 2rem; height: .5rem; vertical-align: middle; }
.bar { width: 45%; } .bar svg { width: 100%; height: .75rem; display: block; fill: var(--accent); }
.number { text-align: right; white-space: nowrap; }
.plots { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); }
@media print { .plots { display: block; } figure { break-inside: avoid; } }
`;

/** A run of a fleet as one page of HTML that needs nothing else: no script, no network. */
export async function htmlReport(summary: FleetSummary, title: string): Promise<string> {
  const { thresholds, failure } = summary;
  const holds = failure === null && thresholds.every((verdict) => verdict.holds);
  const page = await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${raw(STYLE + OWN_STYLE)}</style></head>
<body><main><h1>${title}</h1>
<p class="note ${holds ? "good" : "bad"}">${verdictLine(summary)}</p>
${facts(summary)}
${thresholdTable(thresholds)}
<h2>Over time</h2><div class="plots">${timePlots(summary)}</div>
<h2>Latency and waits</h2><div class="plots">${distributions(summary)}</div>
<h2>By kind</h2><div class="plots">${tallies(summary)}</div>
<h2>Groups</h2>${groupTable(summary.groups)}
</main></body></html>
`;
  return String(page);
}

function verdictLine({ failure, thresholds, shards, plan }: FleetSummary): string {
  if (failure !== null) return `${shards.length > 1 ? "Not the whole run" : "Ended early"}: ${failure}`;
  const broken = thresholds.filter(({ holds }) => !holds).length;
  if (broken > 0) return `${broken} of ${thresholds.length} thresholds do not hold.`;
  if (thresholds.length > 0) return "All thresholds hold.";
  if (plan.thresholds.length > 0) return "A part of a run; the thresholds are judged over all of its parts.";
  return "The run has ended; it has no thresholds.";
}

function facts({ phones, counts, durationMs, seed, requests, shards }: FleetSummary): Markup {
  const rows: readonly (readonly [string, string])[] = [
    ["Phones", `${number(counts.started)} of ${number(phones)} started, ${number(counts.reached)} reached the ACS`],
    ["Duration", duration(durationMs)],
    [
      "Sessions",
      `${number(counts.sessions)}, of these ${number(counts.failures)} failed and ${number(counts.retries)} were retries`,
    ],
    ["RPCs", `${number(counts.rpcs)}, ${number(counts.faults)} faults`],
    ["Connection requests", `${number(counts.connectionRequests)} accepted`],
    [
      "Requests",
      requests.count === 0
        ? "none was answered"
        : `${number(requests.count)} answered, 95 % within ${milliseconds(requests.p95)}`,
    ],
    ...partRow(shards),
    ["Seed", seed ?? "none"],
  ];
  return html`<dl>${rows.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`;
}

/** Nothing where one process had the whole fleet. */
function partRow(shards: FleetSummary["shards"]): readonly (readonly [string, string])[] {
  const [only] = shards;
  if (shards.length > 1 || only === undefined) return [["Parts", `${number(shards.length)} of one fleet`]];
  return only.count === 1 ? [] : [["Part", shardText(only)]];
}

function thresholdTable(thresholds: readonly Verdict[]): Markup {
  if (thresholds.length === 0) return html``;
  const rows = thresholds.map(
    (verdict) => html`<tr><th scope="row"><code>${verdict.text}</code></th>
<td class="number">${measuredText(verdict)}</td><td>${verdict.holds ? "holds" : "does not hold"}</td></tr>`,
  );
  return html`<h2>Thresholds</h2><table><thead><tr><th scope="col">Threshold</th><th scope="col" class="number">Measured</th>
<th scope="col">Result</th></tr></thead><tbody>${rows}</tbody></table>`;
}

type Counted = "sessions" | "failures" | "rpcs" | "arrivals" | "injected";

function timePlots({ timeline, shards }: FleetSummary): readonly Markup[] {
  const at = (read: (moment: FleetMoment) => number | null): readonly Point[] =>
    timeline.flatMap((moment) => {
      const y = read(moment);
      return y === null ? [] : [{ x: moment.atMs, y }];
    });
  const rate = (figure: Counted): readonly Point[] => ratesOf(timeline, figure);
  const plot = (title: string, description: string, series: Readonly<Record<string, readonly Point[]>>, time = false) =>
    linePlot({
      title,
      description,
      series: Object.entries(series).map(([name, points]) => ({ name, points })),
      showX: duration,
      showY: time ? milliseconds : number,
    });
  return [
    plot("Sessions a second", "Sessions that have ended, and failed ones.", {
      ended: rate("sessions"),
      failed: rate("failures"),
    }),
    plot("Arrival of Informs a second", "Sessions that have begun at the ACS.", {
      "Informs a second": rate("arrivals"),
    }),
    plot(
      shards.length > 1 ? "Latency of requests, slowest part" : "Latency of requests",
      `Percentiles of the requests of a second${shards.length > 1 ? ", of the slowest part" : ""}.`,
      {
        p50: at(({ latency }) => latency?.p50 ?? null),
        p95: at(({ latency }) => latency?.p95 ?? null),
        p99: at(({ latency }) => latency?.p99 ?? null),
      },
      true,
    ),
    plot("Phones", "Phones that have been started, have reached the ACS, and are retrying.", {
      started: at(({ started }) => started),
      reached: at(({ reached }) => reached),
      retrying: at(({ retrying }) => retrying),
    }),
    plot("Open sessions", "Sessions that are open, and those that wait for their turn.", {
      open: at(({ open }) => open),
      waiting: at(({ waiting }) => waiting),
    }),
    plot("Injected a second", "Misbehaviour and what scenarios did to phones.", { injected: rate("injected") }),
  ];
}

/** The changes between two moments, a second apart. */
function ratesOf(timeline: readonly FleetMoment[], figure: Counted): readonly Point[] {
  return timeline.slice(1).flatMap((moment, before) => {
    const last = timeline[before];
    const seconds = last === undefined ? 0 : (moment.atMs - last.atMs) / 1000;
    return last === undefined || seconds <= 0 ? [] : [{ x: moment.atMs, y: (moment[figure] - last[figure]) / seconds }];
  });
}

function distributions({ requests, sessions, retryWaits }: FleetSummary): readonly Markup[] {
  const curve = (title: string, { curve: points, count }: LatencySummary): Markup =>
    linePlot({
      title: `${title} (${number(count)})`,
      description: "How long that percentage of them took at most; the axis stretches towards 100 %.",
      series: [{ name: title, points: points.map(({ percentile, ms }) => ({ x: stretched(percentile), y: ms })) }],
      marks: [0, 50, 90, 99, 99.9].map(stretched),
      showX: (x) => `${number(100 - 100 / 10 ** x)} %`,
      showY: milliseconds,
    });
  return [
    curve("Latency of requests by percentile", requests),
    curve("Length of sessions by percentile", sessions),
    curve("Waits before a retry by percentile", retryWaits),
  ];
}

/** As HdrHistogram plots are drawn: each further nine takes the same room. */
function stretched(percentile: number): number {
  return -Math.log10(1 - Math.min(percentile, 99.9) / 100);
}

function tallies({ groups, statuses, connectionRequests }: FleetSummary): readonly Markup[] {
  const sum = (kind: keyof GroupSummary["tallies"]): Readonly<Record<string, number>> => sumOf(groups, kind);
  return [
    barTable("Outcomes of sessions", sum("outcomes")),
    barTable("Events in Informs", sum("events")),
    barTable("RPCs of the ACS", sum("rpcs")),
    barTable("CWMP faults", sum("faults")),
    barTable("HTTP statuses of the ACS", statuses),
    barTable("Connection requests", connectionRequests),
    barTable("Transfers", sum("transfers")),
    barTable("What was injected, by group", injectedOf(groups)),
  ];
}

function sumOf(groups: FleetSummary["groups"], kind: keyof GroupSummary["tallies"]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const { tallies } of Object.values(groups))
    for (const [name, count] of Object.entries(tallies[kind])) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([, one], [, other]) => other - one));
}

function injectedOf(groups: FleetSummary["groups"]): Readonly<Record<string, number>> {
  const all = Object.entries(groups).flatMap(
    ([
      group,
      {
        tallies: { injected },
      },
    ]) => Object.entries(injected).map(([name, count]): [string, number] => [`${group}: ${name}`, count]),
  );
  return Object.fromEntries(all.sort(([, one], [, other]) => other - one));
}

const COLUMNS = [
  "phones",
  "started",
  "reached",
  "retrying",
  "sessions",
  "failures",
  "retries",
  "rpcs",
  "faults",
] as const;

function groupTable(groups: FleetSummary["groups"]): Markup {
  const head = COLUMNS.map((name) => html`<th scope="col" class="number">${name === "rpcs" ? "RPCs" : name}</th>`);
  const rows = Object.entries(groups).map(
    ([name, group]) =>
      html`<tr><th scope="row">${name}</th>${COLUMNS.map((column) => html`<td class="number">${number(group[column])}</td>`)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Figures of each group"><table>
<thead><tr><th scope="col">Group</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

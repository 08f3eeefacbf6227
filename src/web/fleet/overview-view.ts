import { html } from "hono/html";
import type { Distribution, FleetOverview, ScenarioOverview, StateCounts } from "../../control/fleet/fleet-control.ts";
import { elapsedText } from "../../ladder/rung.ts";
import { type Html, tokenField } from "../page.ts";
import { stackedTable } from "../stacked-table.ts";
import { clockText, countText } from "./frame.ts";

/** As they are said behind a count; the others as they are. */
const STATE_WORDS: Readonly<Record<string, string>> = { session: "in a session", waiting: "waiting for a retry" };

type Row = readonly [term: string, value: string | Html];

/** The fleet at a glance, without what stands around it. */
export function overviewView(fleet: FleetOverview): Html {
  const { sessions, failures, retries, rpcs, faults } = fleet;
  return html`<div class="cards even">
${card("Phones", [
  ["In the fleet", html`<a href="/phones">${countText(fleet.phones)}</a>`],
  ["Reached the ACS", countText(fleet.reached)],
  ["State", stateLinks(fleet.states, null)],
  ["Running for", inPieces([clockText(fleet.elapsedMs), `${countText(fleet.rssMiB)} MiB`])],
])}
${card("Sessions", [
  ["A second", countText(fleet.sessionsPerSecond)],
  ["Ended", inPieces([countText(sessions), `${countText(failures)} failed`, `${countText(retries)} were retries`])],
  ["Open", inPieces([countText(fleet.openSessions), `${countText(fleet.waitingSessions)} waiting for their turn`])],
  ["Duration", distributionText(fleet.sessionDuration)],
])}
${card("ACS", [
  ["Answers", distributionText(fleet.requestLatency)],
  ["RPCs", inPieces([countText(rpcs), `${countText(fleet.rpcsPerSecond)} a second`, `${countText(faults)} faults`])],
  ["Connection requests", `${countText(fleet.connectionRequests)} accepted`],
])}
<section class="wide"><h2>Groups</h2>${groupTable(fleet)}</section>
</div>`;
}

function card(title: string, rows: readonly Row[]): Html {
  return html`<section><h2>${title}</h2><dl>${rows.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl></section>`;
}

function stateLinks(states: StateCounts, group: string | null): Html {
  const found = Object.entries(states).filter(([, count]) => count > 0);
  if (found.length === 0) return html`none`;
  const links = found.map(([state, count]) => {
    const query = new URLSearchParams({ state, ...(group === null ? {} : { group }) }).toString();
    return html`<a href="/phones?${query}">${countText(count)} ${STATE_WORDS[state] ?? state}</a>`;
  });
  return inPieces(links);
}

function distributionText({ count, ...figures }: Distribution): string | Html {
  if (count === 0) return "nothing measured";
  const parts = Object.entries(figures).map(([name, ms]) => `${name} ${elapsedText(Number(ms.toPrecision(3)))}`);
  return inPieces(parts);
}

/** Parts that a line may end between, but not within. */
function inPieces(parts: readonly (string | Html)[]): Html {
  const last = parts.length - 1;
  return html`${parts.map((part, at) => html`<span class="together">${part}${at === last ? "" : ","}</span> `)}`;
}

function groupTable({ groups }: FleetOverview): Html {
  const rows = groups.map(({ name, phones, states, sessions, failures, retries, faults, injected }) => [
    name,
    countText(phones),
    stateLinks(states, name),
    countText(sessions),
    countText(failures),
    countText(retries),
    countText(faults),
    Object.keys(injected).length === 0
      ? "nothing"
      : inPieces(Object.entries(injected).map(([what, times]) => `${what} ${countText(times)}`)),
  ]);
  return stackedTable(["Group", "Phones", "State", "Sessions", "Failed", "Retries", "Faults", "Injected"], rows);
}

export function scenariosView({ scenarios }: FleetOverview, formToken: string): Html {
  if (scenarios.length === 0) return html``;
  const rows = scenarios.map((one) => scenarioRow(one, formToken));
  return html`<section><h2>Scenarios</h2>${stackedTable(["Number", "What", "Of", "Round", "State", "Rate"], rows)}</section>`;
}

export function misbehaviourView({ misbehaviour }: FleetOverview): Html {
  if (misbehaviour.length === 0) return html``;
  const faults = misbehaviour.map(
    ({ fault, ...of }) => html`<li>${fault}: ${ofText(of)}</li>
`,
  );
  return html`<section><h2>Misbehaviour</h2><ul>${faults}</ul></section>`;
}

function scenarioRow(scenario: ScenarioOverview, formToken: string): readonly (string | Html)[] {
  const { number, kind, round, rounds, state, rate } = scenario;
  const form = html`<form method="post" action="/scenarios/${number}" class="inline">${tokenField(formToken)}
<label for="rate-${number}">Rate of ${number}</label> <input type="text" inputmode="decimal" id="rate-${number}" name="rate" value="${rate}" size="5" autocomplete="off"> <button type="submit" class="plain">Change</button></form>`;
  return [String(number), kind, ofText(scenario), `${round} of ${rounds}`, state, form];
}

function ofText({ groups, sharePercent }: { readonly groups: readonly string[]; readonly sharePercent: number }) {
  const whom = groups.length === 0 ? "all phones" : groups.join(", ");
  return sharePercent === 100 ? whom : `${sharePercent} % of ${whom}`;
}

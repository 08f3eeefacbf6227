import { html } from "hono/html";
import type { Distribution, FleetOverview, ScenarioOverview, StateCounts } from "../../control/fleet/fleet-control.ts";
import { elapsedText } from "../../ladder/rung.ts";
import { type Html, tokenField } from "../page.ts";
import { stackedTable } from "../stacked-table.ts";
import { clockText, countText } from "./frame.ts";

type Row = readonly [term: string, value: string | Html];

/** The fleet at a glance, without what stands around it. */
export function overviewView(fleet: FleetOverview): Html {
  const { sessions, failures, retries, rpcs, faults } = fleet;
  return html`<div class="cards">
${card("Phones", [
  ["In the fleet", html`<a href="/phones">${countText(fleet.phones)}</a>`],
  ["Have reached the ACS", countText(fleet.reached)],
  ["State", stateLinks(fleet.states, null)],
  ["Running for", `${clockText(fleet.elapsedMs)}, ${countText(fleet.rssMiB)} MiB`],
])}
${card("Sessions", [
  ["A second", countText(fleet.sessionsPerSecond)],
  ["Ended", `${countText(sessions)}, ${countText(failures)} failed, ${countText(retries)} were retries`],
  ["Open", `${countText(fleet.openSessions)}, ${countText(fleet.waitingSessions)} waiting for their turn`],
  ["Duration", distributionText(fleet.sessionDuration)],
])}
${card("ACS", [
  ["Answers", distributionText(fleet.requestLatency)],
  ["RPCs", `${countText(rpcs)}, ${countText(fleet.rpcsPerSecond)} a second, ${countText(faults)} faults`],
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
  return html`${found.map(([state, count], at) => {
    const query = new URLSearchParams({ state, ...(group === null ? {} : { group }) }).toString();
    return html`${at === 0 ? "" : ", "}<a href="/phones?${query}">${countText(count)} ${state}</a>`;
  })}`;
}

function distributionText({ count, p50, p95, p99, max }: Distribution): string {
  if (count === 0) return "nothing measured";
  return `p50 ${elapsedText(p50)}, p95 ${elapsedText(p95)}, p99 ${elapsedText(p99)}, max ${elapsedText(max)}`;
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
    Object.entries(injected)
      .map(([what, times]) => `${what} ${countText(times)}`)
      .join(", ") || "nothing",
  ]);
  return stackedTable(["Group", "Phones", "State", "Sessions", "Failed", "Retries", "Faults", "Injected"], rows);
}

/** Not part of what is fetched anew: a number that is being typed in would go. */
export function scenariosView({ scenarios, misbehaviour }: FleetOverview, formToken: string): Html {
  const wrong = misbehaviour.map(
    ({ fault, ...of }) => html`<li>${fault}: ${ofText(of)}</li>
`,
  );
  return html`${
    scenarios.length === 0
      ? ""
      : html`<section><h2>Scenarios</h2>${stackedTable(
          ["Number", "What", "Of", "Round", "State", "Rate"],
          scenarios.map((one) => scenarioRow(one, formToken)),
        )}</section>`
  }
${wrong.length === 0 ? "" : html`<section><h2>Misbehaviour</h2><ul>${wrong}</ul></section>`}`;
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

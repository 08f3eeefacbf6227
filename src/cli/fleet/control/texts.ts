import type { Overview, Phones, Scenario } from "../../../control/answers.ts";
import { duration, milliseconds, number } from "../../../fleet/words.ts";
import { timeText } from "../../control/print.ts";
import { table } from "../../control/table.ts";
import type { CliIo } from "../../io.ts";

type Terminal = CliIo["terminal"];

export function phonesText({ phones, total, page, pages }: Phones, terminal: Terminal): string {
  if (total === 0) return "No phone matches.\n";
  const rows = phones.map(({ name, serialNumber, group, model, state, retryCount, sessions, lastSession }) => [
    name,
    serialNumber,
    group,
    model,
    retryCount === 0 ? state : `${state}, failed ${number(retryCount)} times`,
    `${number(sessions)} sessions`,
    lastSession === null ? "" : `${timeText(lastSession.startedAt)} ${lastSession.failure || "complete"}`,
  ]);
  const more = page < pages ? `; the next: --page ${page + 1}` : "";
  return `${table(rows, terminal?.columns ?? null)}${number(total)} phones, page ${page} of ${pages}${more}\n`;
}

export function overviewText(fleet: Overview, terminal: Terminal): string {
  const { requestLatency, sessionDuration, groups, scenarios, misbehaviour } = fleet;
  const facts = [
    ["Running for", `${duration(fleet.elapsedMs)}, ${fleet.rssMiB} MiB`],
    ["Phones", `${number(fleet.phones)}: ${statesText(fleet.states)}; ${number(fleet.reached)} reached the ACS`],
    ["Sessions", `${fleet.sessionsPerSecond}/s; ${countsText(fleet)}`],
    ["", `${number(fleet.openSessions)} open, ${number(fleet.waitingSessions)} waiting for their turn`],
    ["RPCs", `${fleet.rpcsPerSecond}/s; ${number(fleet.rpcs)}, ${number(fleet.faults)} faults`],
    ["Requests", `${number(fleet.connectionRequests)} connection requests accepted`],
    ["Latency", latencyText(requestLatency)],
    ["Duration", latencyText(sessionDuration)],
    ...groups.map((group) => [
      `Group ${group.name}`,
      [`${number(group.phones)}: ${statesText(group.states)}`, countsText(group), ...injectedOf(group)].join("; "),
    ]),
    ...scenarios.map((scenario) => [`Scenario ${scenario.number}`, scenarioText(scenario)]),
    ...misbehaviour.map(({ fault, ...of }) => ["Misbehaviour", `${fault}, ${ofText(of)}`]),
  ];
  return table(facts, terminal?.columns ?? null);
}

export function scenarioText({ kind, round, rounds, state, rate, ...of }: Scenario): string {
  const fast = rate === 1 ? "" : rate === 0 ? ", stands still" : `, ${rate} times as fast`;
  return `${kind}, ${ofText(of)}, round ${round} of ${rounds}, ${state}${fast}`;
}

function ofText({
  groups,
  sharePercent,
}: {
  readonly groups: readonly string[];
  readonly sharePercent: number;
}): string {
  const whom = groups.length === 0 ? "all phones" : groups.join(" and ");
  return sharePercent === 100 ? whom : `${sharePercent} % of ${whom}`;
}

function statesText(states: Overview["states"]): string {
  const found = Object.entries(states).filter(([, count]) => count > 0);
  return found.map(([state, count]) => `${number(count)} ${state}`).join(", ") || "none";
}

function countsText({ sessions, failures, retries }: Pick<Overview, "sessions" | "failures" | "retries">): string {
  return `${number(sessions)} sessions, ${number(failures)} failed, ${number(retries)} were retries`;
}

function injectedOf({ injected }: Overview["groups"][number]): readonly string[] {
  return Object.entries(injected).map(([name, times]) => `${name} ${number(times)} times`);
}

function latencyText({ count, p50, p95, p99, max }: Overview["requestLatency"]): string {
  if (count === 0) return "nothing measured";
  return `p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, p99 ${milliseconds(p99)}, max ${milliseconds(max)}`;
}

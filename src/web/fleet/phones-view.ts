import { html } from "hono/html";
import { LISTED_STATES, type ListedPhone, type PhonePage, type PhoneQuery } from "../../control/fleet/fleet-control.ts";
import type { Clock } from "../../ports/clock.ts";
import { momentOf } from "../moments.ts";
import type { Html } from "../page.ts";
import { stackedTable } from "../stacked-table.ts";
import { countText } from "./frame.ts";

export type ListQuery = Pick<PhoneQuery, "group" | "state" | "search">;

export interface PhonesView {
  readonly query: ListQuery;
  readonly found: PhonePage;
  readonly groups: readonly string[];
  readonly clock: Clock;
}

export function phonesView({ query, found, groups, clock }: PhonesView): Html {
  return html`${searchForm(query, groups)}
<p role="status">${countText(found.total)} ${found.total === 1 ? "phone" : "phones"}</p>
${
  found.total === 0
    ? ""
    : stackedTable(
        ["Phone", "Serial number", "Group", "Model", "State", "Sessions", "Last session"],
        found.phones.map((phone) => row(phone, clock)),
        { dense: true },
      )
}
${pager(query, found)}`;
}

function searchForm({ group, state, search }: ListQuery, groups: readonly string[]): Html {
  return html`<form method="get" action="/phones" role="search" class="search">
<label for="search">Name or serial number begins with</label>
<input type="search" id="search" name="search" value="${search}" autocomplete="off" autocapitalize="off" spellcheck="false">
${select("group", "Group", "Every group", groups, group)}
${select("state", "State", "Every state", LISTED_STATES, state)}
<button type="submit">Search</button>
</form>`;
}

function select(id: string, label: string, every: string, choices: readonly string[], chosen: string | null): Html {
  return html`<span class="choose"><label for="${id}">${label}</label> <select id="${id}" name="${id}"><option value="">${every}</option>${choices.map(
    (choice) => html`<option value="${choice}"${choice === chosen ? html` selected` : ""}>${choice}</option>`,
  )}</select></span>`;
}

function row(phone: ListedPhone, clock: Clock): readonly (string | Html)[] {
  const { name, serialNumber, group, model, state, retryCount, sessions, lastSession } = phone;
  return [
    html`<a class="path" href="/phones/${name}/status">${name}</a>`,
    serialNumber,
    group,
    model,
    retryCount === 0 ? state : `${state}, failed ${countText(retryCount)} times`,
    countText(sessions),
    lastSession === null ? "none" : outcome(lastSession, clock),
  ];
}

function outcome({ successful, startedAt, failure }: NonNullable<ListedPhone["lastSession"]>, clock: Clock): Html {
  const mark = successful
    ? html`<strong class="mark complete">✓ complete</strong>`
    : html`<strong class="mark failed">✗ ${failure}</strong>`;
  return html`${mark} <span class="quiet">${momentOf(startedAt, clock)}</span>`;
}

function pager(query: ListQuery, { page, pages }: PhonePage): Html | "" {
  if (pages === 1) return "";
  const link = (to: number, label: string): Html | "" => {
    if (to < 1 || to > pages) return "";
    const said = Object.entries({ ...query, page: String(to) }).filter(([, text]) => text !== null && text !== "");
    return html`<a href="/phones?${new URLSearchParams(said as [string, string][]).toString()}">${label}</a> `;
  };
  return html`<nav aria-label="Pages of the list" class="pager">${link(page - 1, "Previous")}<span>Page ${page} of ${pages}</span> ${link(page + 1, "Next")}</nav>`;
}

import { html } from "hono/html";
import type { ParameterView } from "../../agent/local/local-control.ts";
import { type Html, renderPage } from "../page.ts";
import type { Browse } from "./browse.ts";
import { accessWord, browseAddress, editAddress, NOTIFICATION_WORDS, SOURCE_WORDS } from "./words.ts";

export interface ListView extends Browse {
  /** The object that is looked at, or searched. */
  readonly path: string;
  /** Empty: no search. */
  readonly query: string;
  readonly values: ReadonlyMap<string, string>;
}

const MAX_SHOWN = 120;

export function renderList(view: ListView): Html {
  const { path, query } = view;
  const body = html`${searchForm(view)}
${breadcrumb(path)}
${query === "" ? html`` : html`<p role="status">${countText(view)}</p>`}
${objectList(view)}
${view.parameters.length === 0 ? html`` : table(view)}
${pager(view)}
`;
  return renderPage({ title: "Parameters", active: "parameters", body });
}

function searchForm({ path, query }: ListView): Html {
  return html`<form method="get" action="/parameters" role="search" class="search">
<label for="q">Search paths and descriptions</label>
<input type="search" id="q" name="q" value="${query}" autocomplete="off" autocapitalize="off" spellcheck="false">
<input type="hidden" name="path" value="${path}">
<button type="submit">Search</button>
</form>`;
}

/** Each object on the way as a link. */
function breadcrumb(path: string): Html {
  const parts = path.split(".").slice(0, -1);
  const links = parts.map((name, at) => {
    const to = `${parts.slice(0, at + 1).join(".")}.`;
    return html`<a href="${browseAddress({ path: to })}"${to === path ? html` aria-current="true"` : ""}>${name}.</a>`;
  });
  return html`<p class="path breadcrumb">${links}</p>`;
}

function countText({ total, path, query }: ListView): Html {
  if (total === 0) return html`Nothing below ${path} has “${query}” in its path or description.`;
  return html`${total} found below ${path}`;
}

function objectList({ objects, path }: ListView): Html {
  if (objects.length === 0) return html``;
  return html`<ul class="objects">${objects.map(
    (object) =>
      html`<li><a class="path" href="${browseAddress({ path: object.path })}">${object.path.slice(path.length)}</a> <span class="quiet">${object.parameters}</span></li>`,
  )}</ul>`;
}

function table(view: ListView): Html {
  return html`<table class="stacked" role="table">
<thead role="rowgroup"><tr role="row">${["Path", "Value", "Type", "Access", "Notification", "Source"].map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">
${view.parameters.map((parameter) => row(parameter, view))}</tbody>
</table>`;
}

function row(parameter: ParameterView, { values, path, query }: ListView): Html {
  const name = query === "" ? parameter.path.slice(path.length) : parameter.path;
  return html`<tr role="row"><td role="cell" class="path"><a href="${editAddress(parameter.path)}" title="${parameter.description}">${name}</a></td>
<td role="cell" data-label="Value">${valueText(values.get(parameter.path) ?? "", parameter.hidden)}</td>
<td role="cell" data-label="Type">${parameter.type}</td>
<td role="cell" data-label="Access">${accessWord(parameter)}</td>
<td role="cell" data-label="Notification">${NOTIFICATION_WORDS[parameter.notification]}</td>
<td role="cell" data-label="Source">${SOURCE_WORDS[parameter.source]}</td></tr>
`;
}

function valueText(value: string, hidden: boolean): Html {
  if (value === "") return html`<span class="quiet">${hidden ? "(not set)" : "(empty)"}</span>`;
  const characters = [...value];
  return html`${characters.length > MAX_SHOWN ? `${characters.slice(0, MAX_SHOWN).join("")}…` : value}`;
}

function pager({ page, pages, path, query }: ListView): Html {
  if (pages === 1) return html``;
  const link = (to: number, label: string): Html =>
    to < 1 || to > pages ? html`` : html`<a href="${browseAddress({ path, q: query, page: to })}">${label}</a> `;
  return html`<nav aria-label="Pages of the list" class="pager">${link(page - 1, "Previous")}<span>Page ${page} of ${pages}</span> ${link(page + 1, "Next")}</nav>`;
}

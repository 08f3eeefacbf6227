import { html } from "hono/html";
import type { Html } from "./page.ts";

/**
 * A table whose rows become lists on a narrow screen, with a title at each cell; those of a dense table side by side.
 * As many cells a row as there are titles.
 */
export function stackedTable(
  titles: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
  { dense = false } = {},
): Html {
  return html`<table class="stacked${dense ? " dense" : ""}" role="table">
<thead role="rowgroup"><tr role="row">${titles.map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((cells) => html`<tr role="row">${cells.map((cell, at) => html`<td role="cell" data-label="${titles[at] ?? ""}">${cell}</td>`)}</tr>\n`)}</tbody>
</table>`;
}

import { html } from "hono/html";
import { type Entry, renderField } from "../form-field.ts";
import { type Html, renderPage, tokenField } from "../page.ts";
import { SETTINGS_FIELDS, SETTINGS_GROUPS, type SettingsField, type SettingsGroup } from "./fields.ts";

/** The result of a Submit. */
export type SettingsNote =
  | { readonly kind: "saved"; readonly labels: readonly string[]; readonly needsReboot: boolean }
  | { readonly kind: "refused" };

export interface SettingsView {
  /** By the field's id. */
  readonly shown: ReadonlyMap<string, string>;
  /** By the field's id; an empty id: of none in particular. */
  readonly faults: ReadonlyMap<string, string>;
  readonly note: SettingsNote | null;
  readonly formToken: string;
}

export function renderSettings(view: SettingsView): Html {
  const body = html`${noteText(view)}${stateText(view)}
<form method="post" action="/settings/tr069">
${tokenField(view.formToken)}
${SETTINGS_GROUPS.map((group) => fieldset(group, view))}
<div class="buttons"><button type="submit">Submit</button> <a class="button plain" href="/settings/tr069">Cancel</a></div>
</form>
`;
  return renderPage({ title: "Settings > TR069", active: "settings", body });
}

function noteText({ note, faults }: SettingsView): Html {
  if (note === null) return html``;
  if (note.kind === "refused") {
    return html`<div class="note bad" role="alert">Nothing was saved. Type passwords again.<ul>${[...faults].map(([id, text]) => faultLink(id, text))}</ul></div>`;
  }
  if (note.labels.length === 0)
    return html`<p class="note good" role="status">No value was changed: nothing was saved.</p>`;
  const when = note.needsReboot ? "It takes effect when the phone restarts." : "It is in force.";
  return html`<p class="note good" role="status">Saved: ${note.labels.join(", ")}. ${when}</p>`;
}

function faultLink(id: string, text: string): Html {
  const label = SETTINGS_FIELDS.find((field) => field.id === id)?.label;
  return label === undefined ? html`<li>${text}</li>` : html`<li><a href="#${id}">${label}</a> ${text}</li>`;
}

/** Explanations for newcomers. */
function stateText({ shown, note }: SettingsView): Html {
  if (note?.kind === "refused") return html``;
  if (shown.get("enable") !== "1")
    return html`<p class="quiet">TR069 is disabled: the phone does not contact an ACS.</p>`;
  return shown.get("acsUrl") === ""
    ? html`<p class="quiet">No ACS URL is set: the phone opens no session.</p>`
    : html``;
}

function fieldset({ legend, fields }: SettingsGroup, view: SettingsView): Html {
  return html`<fieldset>
<legend>${legend}</legend>
${fields.map((field) => fieldOf(field, view))}</fieldset>
`;
}

function fieldOf(field: SettingsField, { shown, faults }: SettingsView): Html {
  const { id, label, hint } = field;
  return renderField({
    ...{ id, label, hint, entry: ENTRIES[field.kind] },
    value: shown.get(id) ?? "",
    fault: faults.get(id) ?? null,
    focus: id === [...faults.keys()][0],
  });
}

const ENTRIES: Readonly<Record<SettingsField["kind"], Entry>> = {
  switch: {
    kind: "choice",
    choices: [
      { value: "0", label: "Disabled" },
      { value: "1", label: "Enabled" },
    ],
  },
  number: { kind: "text", keyboard: "numeric" },
  text: { kind: "text", keyboard: "text" },
  password: { kind: "password" },
  url: { kind: "text", keyboard: "url" },
  urlOrDefault: { kind: "text", keyboard: "url" },
};

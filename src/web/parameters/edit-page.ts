import { html } from "hono/html";
import type { ParameterView } from "../../agent/local/local-control.ts";
import type { ParameterDef } from "../../model/types.ts";
import { allowedValues } from "../../model/value.ts";
import { type Entry, renderField } from "../form-field.ts";
import { type Html, renderPage, tokenField } from "../page.ts";
import { accessWord, browseAddress, editAddress, NOTIFICATION_WORDS, SOURCE_WORDS } from "./words.ts";

export interface EditView {
  readonly parameter: ParameterView;
  /** Undefined for what is seen under an alias. */
  readonly def: ParameterDef | undefined;
  /** As it may be shown; what was typed when that was refused. */
  readonly value: string;
  readonly fault: string | null;
  readonly saved: "applied" | "needs-reboot" | "unchanged" | null;
  readonly formToken: string;
}

export function renderEdit(view: EditView): Html {
  const { parameter, saved } = view;
  const parent = parameter.path.slice(0, parameter.path.lastIndexOf(".") + 1);
  const body = html`${saved === null ? "" : html`<p class="note good" role="status">${SAVED_WORDS[saved]}</p>`}
<p class="path">${parameter.path}</p>
<p>${parameter.description}</p>
<dl>
${facts(view).map(
  ([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>
`,
)}</dl>
${parameter.writable ? form(view) : html`<p>It cannot be changed.</p>`}
<p><a href="${browseAddress({ path: parent })}">Back to <span class="path">${parent}</span></a></p>
`;
  return renderPage({ title: nameOf(parameter), active: "parameters", body });
}

const SAVED_WORDS = {
  applied: "Saved. It is in force.",
  "needs-reboot": "Saved. It takes effect when the phone restarts.",
  unchanged: "The value was the same: nothing was saved.",
} as const;

function nameOf({ path }: ParameterView): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function facts({ parameter, def, value }: EditView): readonly (readonly [string, string])[] {
  const empty = parameter.hidden ? "(not set)" : "(empty)";
  return [
    ...(parameter.writable ? [] : [["Value", value === "" ? empty : value] as const]),
    ["Type", parameter.type],
    ["Access", accessWord(parameter)],
    ["Notification", NOTIFICATION_WORDS[parameter.notification]],
    ["Source", SOURCE_WORDS[parameter.source]],
    ...(def?.units ? [["Unit", def.units] as const] : []),
    ...(parameter.keys.length > 0 ? [["Key of the phone's file", parameter.keys.join(", ")] as const] : []),
  ];
}

function form({ parameter, def, value, fault, formToken }: EditView): Html {
  return html`<form method="post" action="${editAddress(parameter.path)}">
${tokenField(formToken)}
${renderField({ id: "value", label: nameOf(parameter), hint: hintOf(parameter, def), entry: entryOf(parameter, def, value), value, fault, focus: fault !== null })}
<p class="hint">A change counts as made at the phone: the ACS is notified if it has asked for that.${def?.restart ? " It takes effect when the phone restarts." : ""}</p>
<div class="buttons"><button type="submit">Submit</button> <a class="button plain" href="${editAddress(parameter.path)}">Cancel</a></div>
</form>
`;
}

function hintOf(parameter: ParameterView, def: ParameterDef | undefined): string {
  const allowed = `Must be ${allowedWords(parameter, def)}.`;
  if (!parameter.hidden) return allowed;
  return `${allowed} Leave the asterisks to keep the one that is set; empty the field to remove it.`;
}

function allowedWords({ type, allowed }: ParameterView, def: ParameterDef | undefined): string {
  if (def !== undefined) return allowedValues(def);
  return type === "boolean" ? "true or false" : allowed;
}

function entryOf({ type, hidden }: ParameterView, def: ParameterDef | undefined, value: string): Entry {
  if (hidden) return { kind: "password" };
  const list = def?.list ?? false;
  const choices = type === "boolean" ? ["true", "false"] : (def?.enumeration ?? []);
  if (choices.length > 0 && !list)
    return { kind: "choice", choices: choices.map((each) => ({ value: each, label: each })) };
  if (/[\r\n]/.test(value)) return { kind: "lines" };
  return { kind: "text", keyboard: "text" };
}

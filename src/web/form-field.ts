import { html } from "hono/html";
import type { Html } from "./page.ts";

/** How a value is entered. */
export type Entry =
  | { readonly kind: "text"; readonly keyboard: "text" | "url" | "numeric" }
  | { readonly kind: "lines" }
  | { readonly kind: "password" }
  | { readonly kind: "choice"; readonly choices: readonly Choice[] };

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface FormField {
  /** Of the element, and its name in the form. */
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly entry: Entry;
  /** The field's value; of a password only whether one is set. */
  readonly value: string;
  /** Why the value is invalid; null: it is valid. */
  readonly fault: string | null;
  /** Whether the cursor starts here. */
  readonly focus?: boolean;
}

/** A labelled field with its hint, and what is wrong with it right beside it. */
export function renderField(field: FormField): Html {
  const { id, label, hint, fault } = field;
  return html`<div class="field">
<label for="${id}">${label}</label>
${control(field)}
${fault === null ? "" : html`<p class="fault" id="${id}-fault">${label} ${fault}</p>`}
<p class="hint" id="${id}-hint">${hint}</p>
</div>
`;
}

function control(field: FormField): Html {
  const { id, entry, value } = field;
  const attributes = commonAttributes(field);
  switch (entry.kind) {
    case "choice":
      return html`<select id="${id}" name="${id}"${attributes}>${withCurrent(entry.choices, value).map((choice) => option(choice, value))}</select>`;
    case "lines":
      // A line end right behind the tag does not count.
      return html`<textarea id="${id}" name="${id}" rows="4"${attributes}>
${value}</textarea>`;
    case "password":
      return html`<input type="password" id="${id}" name="${id}" value="${value}" autocomplete="new-password"${attributes}>`;
    case "text":
      return html`<input type="text" id="${id}" name="${id}" value="${value}" inputmode="${entry.keyboard}" autocomplete="off" autocapitalize="off" spellcheck="false"${attributes}>`;
  }
}

function commonAttributes({ id, fault, focus }: FormField): Html {
  const describedBy = fault === null ? `${id}-hint` : `${id}-fault ${id}-hint`;
  return html` aria-describedby="${describedBy}"${fault === null ? "" : html` aria-invalid="true"`}${focus === true ? html` autofocus` : ""}`;
}

function option({ value, label }: Choice, current: string): Html {
  return html`<option value="${value}"${value === current ? html` selected` : ""}>${label}</option>`;
}

/** The current value may not be one of the choices, and must not look like one. */
function withCurrent(choices: readonly Choice[], value: string): readonly Choice[] {
  return choices.some((choice) => choice.value === value) ? choices : [{ value, label: value }, ...choices];
}

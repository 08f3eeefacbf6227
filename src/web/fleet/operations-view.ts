import { html } from "hono/html";
import { type FormField, renderField } from "../form-field.ts";
import { type Html, tokenField } from "../page.ts";

export const OPERATIONS = ["pause", "resume", "reboot", "remove"] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface OperationsView {
  readonly groups: readonly string[];
  readonly formToken: string;
  /** What was done; null: nothing yet. */
  readonly done: string | null;
  /** What is wrong; null: nothing. */
  readonly fault: string | null;
  /** The input by field, kept after a refusal. */
  readonly typed: ReadonlyMap<string, string>;
}

const LABELS: Readonly<Record<Operation, string>> = {
  pause: "Pause: they begin no session",
  resume: "Resume",
  reboot: "Reboot",
  remove: "Remove: they end their session and are gone",
};

/** What can be done to phones of a fleet. */
export function operationsView({ groups, formToken, done, fault, typed }: OperationsView): Html {
  const field = (id: string, label: string, hint: string, entry: FormField["entry"], value: string): Html =>
    renderField({ id, label, hint, entry, value: typed.get(id) ?? value, fault: null });
  return html`${done === null ? "" : html`<p class="note good" role="status">${done}</p>`}
${fault === null ? "" : html`<p class="note bad" role="alert">${fault}</p>`}
<section><h2>Phones</h2>
<form method="post" action="/operations">${tokenField(formToken)}
${field("operation", "Operation", "", choices(OPERATIONS.map((operation) => [operation, LABELS[operation]])), "pause")}
${field("group", "Group", "All its phones, or the share of them that is stated below.", choices([["", "None: phones by their names"], ["*", "All phones"], ...groups.map((name) => [name, name] as const)]), "")}
${field("phones", "Names or serial numbers", "Separated by blanks. Empty where a group is chosen.", TEXT, "")}
${field("share", "Share in percent", "Of the group, or of all phones.", NUMBER, "100")}
${field("over", "Over seconds", "A reboot is spread over so long. 0: at once.", NUMBER, "0")}
<div class="buttons"><button type="submit">Do it</button></div></form></section>
<section><h2>More phones</h2>
<form method="post" action="/add">${tokenField(formToken)}
${field("more-group", "Group of the new phones", "They are like its others, with numbers of their own.", choices(groups.map((name) => [name, name])), groups[0] ?? "")}
${field("count", "How many", "They are started at the rate of the ramp.", NUMBER, "1")}
<div class="buttons"><button type="submit">Add</button></div></form></section>`;
}

const TEXT = { kind: "text", keyboard: "text" } as const;
const NUMBER = { kind: "text", keyboard: "numeric" } as const;

function choices(of: readonly (readonly [value: string, label: string])[]) {
  return { kind: "choice", choices: of.map(([value, label]) => ({ value, label })) } as const;
}

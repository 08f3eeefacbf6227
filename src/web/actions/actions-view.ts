import { html } from "hono/html";
import { LOCAL_EVENTS } from "../../agent/local/local-control.ts";
import { renderField } from "../form-field.ts";
import { type Html, renderPage, tokenField } from "../page.ts";
import { ACTIONS_PATH, EXPORT_PATH, UPLOAD_PATH } from "./addresses.ts";

/** The action that was just done. */
export type Done = keyof typeof DONE;

const DONE = {
  inform: html`The event is queued. Its session starts at once, or when the running one has ended: see <a href="/sessions">Sessions</a>.`,
  reboot: html`The phone restarts, at the latest when the running session has ended.`,
  "factory-reset": html`The phone restarts with factory settings, at the latest when the running session has ended.`,
} as const;

export function isDone(text: string | undefined): text is Done {
  return text !== undefined && Object.hasOwn(DONE, text);
}

export interface ActionsView {
  readonly formToken: string;
  readonly done: Done | null;
}

/** Everything that a person may have the phone do. */
export function renderActions({ formToken, done }: ActionsView): Html {
  const body = html`${done === null ? "" : html`<p class="note good" role="status">${DONE[done]}</p>`}
${informForm(formToken)}
${autopSection(formToken)}
<section><h2>Restart</h2>
<p>A reboot ends calls and keeps all settings. A factory reset removes what was set here, by the ACS and by configuration files.</p>
<div class="buttons"><a class="button" href="${ACTIONS_PATH}/reboot">Reboot</a> <a class="button plain" href="${ACTIONS_PATH}/factory-reset">Factory reset</a></div>
</section>`;
  return renderPage({ title: "Actions", active: "actions", body });
}

function informForm(formToken: string): Html {
  const [value] = LOCAL_EVENTS;
  return html`<section><h2>Inform</h2>
<form method="post" action="${ACTIONS_PATH}/inform">
${tokenField(formToken)}
${renderField({
  id: "event",
  label: "Event",
  hint: "The ACS sees it in the Inform.",
  entry: { kind: "choice", choices: LOCAL_EVENTS.map((event) => ({ value: event, label: event })) },
  value,
  fault: null,
})}
<div class="buttons"><button type="submit">Inform now</button></div>
</form></section>`;
}

/** Where a configuration file comes in, and where the settings go out as one. */
export function autopSection(formToken: string): Html {
  return html`<section><h2>AutoP</h2>
<form method="post" action="${UPLOAD_PATH}" enctype="multipart/form-data">
${tokenField(formToken)}
<div class="field"><label for="file">Configuration file</label>
<input type="file" id="file" name="file" required aria-describedby="file-hint">
<p class="hint" id="file-hint">Lines such as Config.Account1.GENERAL.UserName = 1001. All of it is applied, or nothing.</p></div>
<div class="field choice"><span><input type="checkbox" id="lenient" name="lenient" value="true"> <label for="lenient">Apply the good lines of a file with bad ones</label></span></div>
<div class="buttons"><button type="submit">Upload</button> <a class="button plain" href="${EXPORT_PATH}" download>Export</a></div>
<p class="hint">Export writes all settings to a file, without passwords. To get them too: akuvox-cpe autop export --passwords.</p>
</form></section>`;
}

export interface Question {
  readonly title: string;
  /** Where Yes leads. */
  readonly action: string;
  readonly text: Html;
  readonly yes: string;
  /** More of the form. */
  readonly fields?: Html;
}

/** A question before something that cannot be undone; nothing but its Yes does it. */
export function renderQuestion({ title, action, text, yes, fields }: Question, formToken: string): Html {
  const body = html`<form method="post" action="${action}">
${tokenField(formToken)}${fields ?? ""}
<p class="note bad">${text}</p>
<div class="buttons"><button type="submit">${yes}</button> <a class="button plain" href="${ACTIONS_PATH}">Cancel</a></div>
</form>`;
  return renderPage({ title, active: "actions", body });
}

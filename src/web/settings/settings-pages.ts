import { type Context, Hono } from "hono";
import { CwmpFault } from "../../cwmp/errors.ts";
import { createModelDefs } from "../model-defs.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { faultWords } from "../refusals.ts";
import { SETTINGS_FIELDS } from "./fields.ts";
import { renderSettings, type SettingsNote } from "./settings-form.ts";
import { readSubmission, type Submission, shownText } from "./submission.ts";

const KEYS = SETTINGS_FIELDS.map(({ key }) => key);
const PATH = "/settings/tr069";

/** Settings > TR069: a Submit is one change made at the phone, of the fields that differ, whole or not at all. */
export const settingsPages: PageModule = ({ local, model, log }) => {
  const defs = createModelDefs(model);
  const app = new Hono<WebEnv>();

  app.get(PATH, async (c) => {
    const current = await local.readSettings(KEYS);
    const shown = new Map(SETTINGS_FIELDS.map((field) => [field.id, shownText(field, current)]));
    return c.html(renderSettings({ shown, faults: new Map(), note: noteOf(c), formToken: c.var.formToken }));
  });

  app.post(PATH, async (c) => {
    const current = await local.readSettings(KEYS);
    const submission = readSubmission(await c.req.parseBody(), current, defs);
    if (submission.faults.size > 0) return refuse(c, submission);
    const { changes } = submission;
    if (changes.size === 0) return c.redirect(`${PATH}?saved=`, 303);
    try {
      const applied = await local.applySettings(changes);
      const fields = SETTINGS_FIELDS.filter(({ key }) => changes.has(key)).map(({ id }) => id);
      log.info({ keys: [...changes.keys()] }, "Settings > TR069 was changed at the web page");
      return c.redirect(`${PATH}?saved=${fields.join(",")}${applied === "applied" ? "" : "&reboot=1"}`, 303);
    } catch (error) {
      if (!(error instanceof CwmpFault)) throw error;
      return refuse(c, withFaults(submission, error));
    }
  });

  return app;
};

function refuse(c: Context<WebEnv>, { shown, faults }: Submission) {
  return c.html(renderSettings({ shown, faults, note: { kind: "refused" }, formToken: c.var.formToken }), 422);
}

/** Problems that only the combination of values shows. */
function withFaults(submission: Submission, fault: CwmpFault): Submission {
  const faults = SETTINGS_FIELDS.flatMap(({ id, key }) => {
    const found = fault.parameterFaults.find(({ parameterName }) => parameterName === key);
    return found === undefined ? [] : [[id, faultWords(found)] as const];
  });
  const general = [["", fault.message]] as const;
  return { ...submission, faults: new Map(faults.length > 0 ? faults : general) };
}

/** Names of fields only: a link cannot inject other text into the page. */
function noteOf(c: Context<WebEnv>): SettingsNote | null {
  const saved = c.req.query("saved");
  if (saved === undefined) return null;
  const ids = new Set(saved.split(","));
  const labels = SETTINGS_FIELDS.filter(({ id }) => ids.has(id)).map(({ label }) => label);
  return { kind: "saved", labels, needsReboot: c.req.query("reboot") === "1" };
}

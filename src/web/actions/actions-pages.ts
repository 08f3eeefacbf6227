import { Hono } from "hono";
import { html } from "hono/html";
import { LOCAL_EVENTS } from "../../agent/local/local-control.ts";
import { requireAcs } from "../../control/inform-route.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { refusalOf, refuse } from "../refusals.ts";
import { isDone, type Question, renderActions, renderQuestion } from "./actions-view.ts";
import { ACTIONS_PATH } from "./addresses.ts";

const REBOOT: Question = {
  title: "Reboot",
  action: `${ACTIONS_PATH}/reboot`,
  text: html`The phone restarts now. Running calls end. All settings stay.`,
  yes: "Reboot",
};

const FACTORY_RESET: Question = {
  title: "Factory reset",
  action: `${ACTIONS_PATH}/factory-reset`,
  text: html`All settings of the phone are removed: accounts, passwords, and what the ACS has set.`,
  yes: "Continue",
};

const FACTORY_RESET_AGAIN: Question = {
  ...FACTORY_RESET,
  title: "Factory reset: are you sure?",
  text: html`This cannot be undone. The phone loses all its settings and restarts. Export them first if you want them back.`,
  yes: "Remove all settings and restart",
  fields: html`<input type="hidden" name="sure" value="yes">`,
};

/** Inform now, Reboot, Factory reset, as in the API. A factory reset needs a second confirmation. */
export const actionsPages: PageModule = ({ local, log }) => {
  const app = new Hono<WebEnv>();

  app.get(ACTIONS_PATH, (c) => {
    const done = c.req.query("done");
    return c.html(renderActions({ formToken: c.var.formToken, done: isDone(done) ? done : null }));
  });

  app.post(`${ACTIONS_PATH}/inform`, async (c) => {
    const given = (await c.req.parseBody()).event;
    const event = LOCAL_EVENTS.find((known) => known === given);
    if (event === undefined)
      return refuse(c, 400, "Unknown event", `The event must be one of: ${LOCAL_EVENTS.join(", ")}.`);
    try {
      await requireAcs(local);
      await local.inform(event);
    } catch (error) {
      const { status, message } = refusalOf(error);
      return refuse(c, status, "No session is possible", message);
    }
    log.info({ event }, "An Inform was asked for at the web page");
    return c.redirect(`${ACTIONS_PATH}?done=inform`, 303);
  });

  app.get(REBOOT.action, (c) => c.html(renderQuestion(REBOOT, c.var.formToken)));
  app.post(REBOOT.action, async (c) => {
    await local.reboot();
    log.info({}, "A reboot was asked for at the web page");
    return c.redirect(`${ACTIONS_PATH}?done=reboot`, 303);
  });

  app.get(FACTORY_RESET.action, (c) => c.html(renderQuestion(FACTORY_RESET, c.var.formToken)));
  app.post(FACTORY_RESET.action, async (c) => {
    const { sure } = await c.req.parseBody();
    if (sure !== "yes") return c.html(renderQuestion(FACTORY_RESET_AGAIN, c.var.formToken));
    await local.factoryReset();
    log.warn({}, "A factory reset was asked for at the web page");
    return c.redirect(`${ACTIONS_PATH}?done=factory-reset`, 303);
  });

  return app;
};

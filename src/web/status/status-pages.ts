import { Hono } from "hono";
import { html } from "hono/html";
import { phoneClock, zoneNote } from "../moments.ts";
import { renderPage } from "../page.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { statusView } from "./status-view.ts";

/** The phone at a glance; it follows what happens where scripts run. */
export const statusPages: PageModule = ({ local, clock, sipLog = null }) => {
  const app = new Hono<WebEnv>();
  app.get("/status", async (c) => {
    const own = await phoneClock({ clock, local });
    const view = statusView(await local.status(), own, sipLog);
    const body = html`<noscript><p><a class="button plain" href="/status">Reload</a></p></noscript>
<div data-live="/status/part">${view}</div>${zoneNote(own)}`;
    return c.html(renderPage({ title: "Status", active: "status", body, script: "/assets/live.js" }));
  });
  app.get("/status/part", async (c) => {
    return c.html(statusView(await local.status(), await phoneClock({ clock, local }), sipLog));
  });
  return app;
};

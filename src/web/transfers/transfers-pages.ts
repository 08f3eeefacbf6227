import { Hono } from "hono";
import { html } from "hono/html";
import { phoneClock, zoneNote } from "../moments.ts";
import { type Html, renderPage } from "../page.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { transfersView } from "./transfers-view.ts";

/** Files to fetch or to bring, and how far they have come; looked at again and again where scripts run. */
export const transfersPages: PageModule = ({ local, clock }) => {
  const app = new Hono<WebEnv>();
  const view = async (): Promise<Html> => {
    const { transfers } = await local.status();
    return transfersView(transfers, await phoneClock({ clock, local }));
  };
  app.get("/transfers", async (c) => {
    const body = html`<noscript><p><a class="button plain" href="/transfers">Reload</a></p></noscript>
<div data-live="/transfers/part" data-every="2000">${await view()}</div>${zoneNote(await phoneClock({ clock, local }))}`;
    return c.html(renderPage({ title: "Transfers", active: "transfers", body, script: "/assets/live.js" }));
  });
  app.get("/transfers/part", async (c) => c.html(await view()));
  return app;
};

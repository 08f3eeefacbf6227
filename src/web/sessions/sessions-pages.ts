import { type Context, Hono } from "hono";
import { html } from "hono/html";
import type { RecordedSession } from "../../ports/session-log.ts";
import { createLiveFeed } from "../live/live-feed.ts";
import { phoneClock, zoneNote } from "../moments.ts";
import { type Html, renderPage } from "../page.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { refuse } from "../refusals.ts";
import { NUMBER, noSession } from "./no-session.ts";
import { sessionsView, sessionView } from "./session-views.ts";

const SCRIPT = "/assets/live.js";

/** The last sessions: the list with the newest as a ladder, each as a ladder; and what tells pages to fetch more. */
export const sessionsPages: PageModule = ({ sessions, history, local, clock, scheduler }) => {
  const app = new Hono<WebEnv>();
  const feed = createLiveFeed({ sessions, history, scheduler });
  const ownClock = () => phoneClock({ clock, local });
  const sessionOf = (c: Context): RecordedSession | null => sessions.get(Number(c.req.param("session")));

  app.get("/sessions", async (c) => {
    const own = await ownClock();
    const view = sessionsView(sessions, own);
    const body = html`${reloadHint("/sessions")}<div data-live="/sessions/part">${view}</div>${zoneNote(own)}`;
    return c.html(renderPage({ title: "Sessions", active: "sessions", body, script: SCRIPT }));
  });
  app.get("/sessions/part", async (c) => c.html(sessionsView(sessions, await ownClock())));
  app.get("/sessions/live", (c) => {
    const stream = feed.open();
    if (stream === null) {
      c.header("Retry-After", "60");
      return refuse(c, 503, "Too many live pages", "Close another page of this phone, or reload this one by hand.");
    }
    return c.body(stream, 200, {
      "Content-Type": "text/event-stream",
      "X-Accel-Buffering": "no",
    });
  });
  app.get(`/sessions/:session{${NUMBER}}`, async (c) => {
    const session = sessionOf(c);
    if (session === null) return noSession(c);
    const { session: number, running } = session;
    const own = await ownClock();
    const view = sessionView(session, own);
    const body = running
      ? html`${reloadHint(`/sessions/${number}`)}<div data-live="/sessions/${number}/part" data-session="${number}">${view}</div>${zoneNote(own)}`
      : html`${view}${zoneNote(own)}`;
    return c.html(renderPage({ title: `Session ${number}`, active: "sessions", body, script: SCRIPT }));
  });
  app.get(`/sessions/:session{${NUMBER}}/part`, async (c) => {
    const session = sessionOf(c);
    return session === null ? noSession(c) : c.html(sessionView(session, await ownClock()));
  });
  return app;
};

/** Without scripts a page stays as it is. */
function reloadHint(href: string): Html {
  return html`<noscript><p><a class="button plain" href="${href}">Reload</a></p></noscript>`;
}

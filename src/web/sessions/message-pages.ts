import { type Context, Hono } from "hono";
import type { RecordedSession } from "../../ports/session-log.ts";
import { placeOf } from "../ladder/draw-ladder.ts";
import { renderPage } from "../page.ts";
import type { PageModule, WebEnv } from "../parts.ts";
import { refuse } from "../refusals.ts";
import { envelopeView, messageName } from "./envelope-view.ts";
import { NUMBER, noSession } from "./no-session.ts";

const COPY = "/assets/copy.js";

/** Each message of a session: as text to read and copy, and as a file. */
export const messagePages: PageModule = ({ sessions }) => {
  const app = new Hono<WebEnv>();
  app.get(`/sessions/:session{${NUMBER}}/:place{${NUMBER}}`, (c) => {
    const session = sessions.get(Number(c.req.param("session")));
    if (session === null) return noSession(c);
    const place = Number(c.req.param("place"));
    const index = messageAt(session, place);
    if (index === -1) return noMessage(c);
    const envelope = sessions.envelope(session.session, place);
    const body = envelopeView({ session, index, envelope });
    return c.html(renderPage({ title: messageName(session, index), active: "sessions", body, script: COPY }));
  });
  app.get(`/sessions/:session{${NUMBER}}/:place{${NUMBER}}/envelope.xml`, (c) => {
    const session = sessions.get(Number(c.req.param("session")));
    if (session === null) return noSession(c);
    const place = Number(c.req.param("place"));
    const index = messageAt(session, place);
    const envelope = index === -1 ? null : sessions.envelope(session.session, place);
    if (envelope === null) return noMessage(c);
    const name = messageName(session, index).replace(/\W/g, "");
    return c.body(envelope, 200, {
      // It holds what others have sent: nothing that a browser would draw or run.
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Disposition": `attachment; filename="session-${session.session}-${place}-${name}.xml"`,
    });
  });
  return app;
};

/** Where the message with that place in the whole session is among the records that are kept; -1: nowhere. */
function messageAt(session: RecordedSession, place: number): number {
  return session.records.findIndex(({ kind }, at) => placeOf(session, at) === place && kind === "message");
}

function noMessage(c: Context) {
  return refuse(c, 404, "No such message", "It does not exist or is no longer kept.");
}

import { summaryOf } from "../ladder/summary.ts";
import type { Scheduler } from "../ports/clock.ts";
import type { RecordedSession, SessionLog } from "../ports/session-log.ts";
import { ApiError } from "./problem.ts";
import { JSON_TYPE, type Route, route } from "./route.ts";
import { ENVELOPE, MESSAGE_PATH, NAMED_SCHEMAS, SESSION, SESSION_PATH, SESSIONS } from "./schemas.ts";
import { createSessionStreams } from "./session-stream.ts";

export interface SessionRouteParts {
  readonly sessions: SessionLog;
  readonly scheduler: Scheduler;
}

/** The last sessions on the wire. */
export function sessionRoutes({ sessions, scheduler }: SessionRouteParts): readonly Route[] {
  const streams = createSessionStreams({ sessions, scheduler });
  return [
    route({
      method: "get",
      path: "/sessions",
      id: "getSessions",
      summary: "The last sessions with the ACS",
      answer: { status: 200, type: JSON_TYPE, schema: SESSIONS, description: "Since the process started" },
      handle: async () => ({
        sessions: sessions.sessions().map((session) => ({ session: session.session, ...summaryOf(session) })),
      }),
    }),
    route({
      method: "get",
      path: "/sessions/stream",
      id: "followSessions",
      summary: "What happens on the wire, as it happens: the running session from its start, then every other",
      answer: {
        status: 200,
        type: "text/event-stream",
        schema: NAMED_SCHEMAS.TraceRecord,
        description: "Server-sent events, each with one record as its data",
      },
      problems: ["TOO_MANY"],
      handle: async ({ signal }) => streams.open(signal),
    }),
    route({
      method: "get",
      path: "/sessions/{session}",
      id: "getSession",
      summary: "One session, as a ladder is drawn from it",
      params: SESSION_PATH,
      answer: { status: 200, type: JSON_TYPE, schema: SESSION, description: "Its records, oldest first" },
      problems: ["NOT_FOUND"],
      handle: async ({ params }) => sessionOf(sessions, Number(params.session)),
    }),
    route({
      method: "get",
      path: "/sessions/{session}/messages/{message}",
      id: "getMessage",
      summary: "The envelope of a message; secrets are masked",
      params: MESSAGE_PATH,
      answer: { status: 200, type: JSON_TYPE, schema: ENVELOPE, description: "As it was sent, except for the secrets" },
      problems: ["NOT_FOUND"],
      handle: async ({ params }) => envelopeOf(sessions, Number(params.session), Number(params.message)),
    }),
  ];
}

function sessionOf(sessions: SessionLog, session: number): RecordedSession {
  const found = sessions.get(session);
  if (found === null) throw new ApiError("NOT_FOUND", `there is no session ${session}, or it is no longer kept`);
  return found;
}

function envelopeOf(sessions: SessionLog, session: number, index: number): { readonly envelope: string } {
  sessionOf(sessions, session);
  const envelope = sessions.envelope(session, index);
  if (envelope !== null) return { envelope };
  throw new ApiError("NOT_FOUND", `record ${index} of session ${session} has no envelope, or it is no longer kept`);
}

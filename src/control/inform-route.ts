import type { Agent } from "../agent/agent.ts";
import type { LocalEvent } from "../agent/local-control.ts";
import type { SessionOutcome } from "../agent/session-history.ts";
import { ApiError } from "./problem.ts";
import { JSON_TYPE, type Route, route } from "./route.ts";
import { INFORM, INFORMED } from "./schemas.ts";

export function informRoute(agent: Agent): Route {
  return route({
    method: "post",
    path: "/inform",
    id: "inform",
    summary: "Raise an event, so that a session with the ACS follows",
    json: INFORM,
    answer: { status: 200, type: JSON_TYPE, schema: INFORMED, description: "The event is raised, durably" },
    problems: ["TR069_OFF"],
    handle: async ({ body: { event, wait }, signal }) => {
      await refuseWithoutAcs(agent);
      return { event, outcome: wait ? await raiseAndWait(agent, event, signal) : await raise(agent, event) };
    },
  });
}

/** The event would wait until somebody turns it on, and then surprise them. */
async function refuseWithoutAcs({ local }: Agent): Promise<void> {
  const { tr069Enabled, acsUrl } = await local.status();
  if (!tr069Enabled) throw new ApiError("TR069_OFF", "TR-069 is turned off: turn it on at the phone (tr069.enable)");
  if (acsUrl === "") throw new ApiError("TR069_OFF", "no ACS is set: set Device.ManagementServer.URL (tr069.acs.url)");
}

async function raise({ local }: Agent, event: LocalEvent): Promise<null> {
  await local.inform(event);
  return null;
}

/** Null where the asker has gone away meanwhile. */
function raiseAndWait(agent: Agent, event: LocalEvent, signal: AbortSignal): Promise<SessionOutcome | null> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void): void => {
      forget();
      signal.removeEventListener("abort", gone);
      how();
    };
    const gone = (): void => settle(() => resolve(null));
    const forget = agent.history.onEnd((outcome) => {
      if (isOutcomeOf(agent, event, outcome)) settle(() => resolve(outcome));
    });
    signal.addEventListener("abort", gone);
    if (signal.aborted) gone();
    else agent.local.inform(event).catch((error: unknown) => settle(() => reject(error)));
  });
}

/** A session that had told an earlier event of the kind is not meant: this one still waits then. */
function isOutcomeOf(agent: Agent, event: LocalEvent, { events, successful }: SessionOutcome): boolean {
  if (!events.includes(event)) return false;
  return !successful || !agent.status().pendingEvents.some(({ code }) => code === event);
}

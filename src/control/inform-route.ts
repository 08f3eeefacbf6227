import type { Agent } from "../agent/agent.ts";
import type { SessionOutcome } from "../agent/core/session-history.ts";
import type { LocalControl, LocalEvent } from "../agent/local/local-control.ts";
import { ApiError } from "./problem.ts";
import { JSON_TYPE, type Route, route } from "./route.ts";
import { INFORM, INFORMED } from "./schemas.ts";

/** `isPaused`: no session begins until somebody lets the phone go on, so that nobody can wait for its end. */
export function informRoute(agent: Agent, isPaused: () => boolean = () => false): Route {
  return route({
    method: "post",
    path: "/inform",
    id: "inform",
    summary: "Raise an event, so that a session with the ACS follows",
    json: INFORM,
    answer: { status: 200, type: JSON_TYPE, schema: INFORMED, description: "The event is raised, durably" },
    problems: ["TR069_OFF", "REFUSED"],
    handle: async ({ body: { event, wait }, signal }) => {
      await requireAcs(agent.local);
      if (wait && isPaused())
        throw new ApiError("REFUSED", "the phone is paused and begins no session: let it go on first (fleet resume)");
      return { event, outcome: wait ? await raiseAndWait(agent, event, signal) : await raise(agent, event) };
    },
  });
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
    let early = agent.status().phase === "session";
    const forget = agent.history.onEnd((outcome) => {
      // A running session may have reported the event, or an earlier one of the kind: then this one waits.
      const isReported = outcome.events.includes(event) && !(early && isPending(agent, event));
      early = false;
      if (isReported) settle(() => resolve(outcome));
    });
    signal.addEventListener("abort", gone);
    if (signal.aborted) gone();
    else agent.local.inform(event).catch((error: unknown) => settle(() => reject(error)));
  });
}

function isPending(agent: Agent, event: LocalEvent): boolean {
  return agent.status().pendingEvents.some(({ code }) => code === event);
}

/** Throws ApiError TR069_OFF: otherwise the event would be sent much later, when TR-069 is turned on. */
export async function requireAcs(local: Pick<LocalControl, "status">): Promise<void> {
  const { tr069Enabled, acsUrl } = await local.status();
  if (!tr069Enabled) throw new ApiError("TR069_OFF", "TR-069 is turned off: turn it on at the phone (tr069.enable)");
  if (acsUrl === "") throw new ApiError("TR069_OFF", "no ACS is set: set Device.ManagementServer.URL (tr069.acs.url)");
}

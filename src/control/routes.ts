import type { Agent } from "../agent/agent.ts";
import type { Scheduler } from "../ports/clock.ts";
import type { SessionLog } from "../ports/session-log.ts";
import type { SipLog } from "../ports/sip-log.ts";
import { autopRoutes } from "./autop-routes.ts";
import { callRoutes } from "./call-routes.ts";
import { informRoute } from "./inform-route.ts";
import { parameterRoutes } from "./parameter-routes.ts";
import { JSON_TYPE, type Route, route } from "./route.ts";
import { NOTHING, RESTARTING, SIP_MESSAGES, STATUS, TRANSFERS } from "./schemas.ts";
import { sessionRoutes } from "./session-routes.ts";

export interface RouteParts {
  readonly agent: Agent;
  readonly sessions: SessionLog;
  /** Null, unless given: the phone speaks no SIP. */
  readonly sipLog?: SipLog | null;
  readonly scheduler: Scheduler;
  readonly version: string;
  /** Whether no session begins until somebody lets the phone go on; default: never. */
  readonly isPaused?: () => boolean;
  /** Whether passwords may be exported: over the Unix socket alone. */
  readonly passwords: boolean;
}

/** Every operation of the API. */
export function createRoutes(parts: RouteParts): readonly Route[] {
  const { agent } = parts;
  return [
    statusRoute(parts),
    ...parameterRoutes(agent),
    informRoute(agent, parts.isPaused),
    transfersRoute(agent),
    ...sessionRoutes(parts),
    sipRoute(parts.sipLog ?? null),
    ...autopRoutes(agent, parts.passwords),
    ...callRoutes(agent.local),
    ...restartRoutes(agent),
  ];
}

function statusRoute({ agent, version }: RouteParts): Route {
  return route({
    method: "get",
    path: "/status",
    id: "getStatus",
    summary: "The state of the phone",
    answer: { status: 200, type: JSON_TYPE, schema: STATUS, description: "How it is" },
    handle: async () => ({ version, ...(await agent.local.status()) }),
  });
}

function sipRoute(log: SipLog | null): Route {
  return route({
    method: "get",
    path: "/sip-messages",
    id: "getSipMessages",
    summary: "The last SIP messages of the phone; none of a phone that speaks no SIP",
    answer: { status: 200, type: JSON_TYPE, schema: SIP_MESSAGES, description: "Oldest first; secrets are masked" },
    handle: async () => ({ messages: log?.records() ?? [] }),
  });
}

function transfersRoute({ local }: Agent): Route {
  return route({
    method: "get",
    path: "/transfers",
    id: "getTransfers",
    summary: "Pending downloads and uploads, and those that are not reported to the ACS yet",
    answer: { status: 200, type: JSON_TYPE, schema: TRANSFERS, description: "In the order of the requests" },
    handle: async () => ({ transfers: (await local.status()).transfers }),
  });
}

function restartRoutes({ local }: Agent): readonly Route[] {
  const answer = {
    status: 202,
    type: JSON_TYPE,
    schema: RESTARTING,
    description: "It begins, at the latest when the running session has ended",
  } as const;
  return [
    route({
      method: "post",
      path: "/reboot",
      id: "reboot",
      summary: "Restart the phone",
      json: NOTHING,
      answer,
      handle: async () => {
        await local.reboot();
        return { restarting: true };
      },
    }),
    route({
      method: "post",
      path: "/factory-reset",
      id: "factoryReset",
      summary: "Restart the phone with factory settings: everything that was set is lost, also by the ACS",
      json: NOTHING,
      answer,
      handle: async () => {
        await local.factoryReset();
        return { restarting: true };
      },
    }),
  ];
}

import assert from "node:assert/strict";
import { AgentError } from "../../src/cwmp/errors.ts";
import type { CwmpVersion } from "../../src/cwmp/versions.ts";
import type { AcsConnection, AcsTarget, AcsTransport } from "../../src/ports/acs-transport.ts";
import { decodeRequest, decodeResponse } from "../../src/soap/decode.ts";
import { encodeRequest, encodeResponse } from "../../src/soap/encode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import type { RequestOf, ResponseOf, RpcName } from "../../src/soap/rpc-table.ts";

/** A request of the CPE, decoded. */
export interface Told {
  readonly name: RpcName;
  readonly args: RequestOf<RpcName>;
}

/** What the CPE answered: the decoded response, or the fault. */
export type Outcome<N extends RpcName = RpcName> =
  | { readonly kind: "response"; readonly name: N; readonly response: ResponseOf<N> }
  | {
      readonly kind: "fault";
      readonly faultCode: number;
      readonly faultString: string;
      readonly parameterFaults: readonly { parameterName: string; faultCode: number; faultString: string }[];
    };

export interface ScriptedSession {
  readonly target: AcsTarget;
  readonly inform: RequestOf<"Inform">;
  readonly eventCodes: readonly string[];
  readonly outcomes: readonly Outcome[];
  /** What the CPE asked beside the Inform; answered with an empty response where the plan has no reply. */
  readonly told: readonly Told[];
  /** Names of what the CPE asked beside the Inform; the plan's `reply` answers them. */
  readonly asked: readonly string[];
  /** Every envelope of the CPE, `null` for an empty POST. */
  readonly posts: readonly (string | null)[];
  readonly ended: boolean;
}

type Reply = string | null | Error;

/** One session's plan: RPCs in order; or a reply of one's own to the n-th POST (0 is the Inform). */
export interface SessionPlan {
  readonly rpcs?: readonly { readonly name: RpcName; readonly args: RequestOf<RpcName> }[];
  readonly reply?: (post: number, body: string | null) => Reply | undefined;
  /** Runs when the InformResponse is about to leave. */
  readonly onInform?: () => void | Promise<void>;
  /** Runs before the POST with this index is answered. */
  readonly before?: (post: number) => void | Promise<void>;
}

export interface ScriptedAcs extends AcsTransport {
  readonly sessions: readonly ScriptedSession[];
  readonly last: ScriptedSession;
  /** Plans for the coming sessions, in order; without one a session is a bare Inform. */
  plan(...plans: readonly SessionPlan[]): void;
  readonly envelopes: readonly string[];
  /** Fails when a plan was not used up. */
  assertNothingPending(): void;
}

export function rpc<N extends RpcName>(name: N, args: RequestOf<N>): { name: RpcName; args: RequestOf<RpcName> } {
  return { name, args: args as RequestOf<RpcName> };
}

/** An unreachable ACS, as a session plan. */
export const UNREACHABLE: SessionPlan = {
  reply: () => new AgentError("ACS_UNREACHABLE", "the ACS is out of reach"),
};

export function createScriptedAcs(version: CwmpVersion = "1.2"): ScriptedAcs {
  const plans: SessionPlan[] = [];
  const sessions: Mutable[] = [];
  return {
    sessions,
    get last() {
      return sessions.at(-1) ?? assert.fail("there has been no session");
    },
    plan: (...more) => void plans.push(...more),
    get envelopes() {
      return sessions.flatMap((session) => session.posts.filter((post) => post !== null));
    },
    assertNothingPending: () => assert.equal(plans.length, 0, "planned sessions that were not held"),
    open(target, signal) {
      const session: Mutable = {
        target,
        posts: [],
        outcomes: [],
        told: [],
        asked: [],
        eventCodes: [],
        inform: NO_INFORM,
        ended: false,
      };
      sessions.push(session);
      return connection(session, plans.shift() ?? {}, version, signal);
    },
  };
}

type Mutable = { -readonly [K in keyof ScriptedSession]: ScriptedSession[K] } & {
  outcomes: Outcome[];
  told: Told[];
  asked: string[];
  posts: (string | null)[];
};

const NO_INFORM: RequestOf<"Inform"> = {
  deviceId: { manufacturer: "", oui: "", productClass: "", serialNumber: "" },
  event: [],
  maxEnvelopes: 0,
  currentTime: "",
  retryCount: -1,
  parameterList: [],
};

function connection(session: Mutable, plan: SessionPlan, version: CwmpVersion, signal: AbortSignal): AcsConnection {
  const waiting = [...(plan.rpcs ?? [])];
  let asked = 0;
  const next = (): string | null => {
    const call = waiting.shift();
    return call === undefined ? null : encodeRequest(call.name, call.args, { id: `acs-${++asked}`, version });
  };
  return {
    async post(body) {
      const index = session.posts.push(body) - 1;
      if (signal.aborted) throw new AgentError("SESSION_ABORTED", "aborted");
      await plan.before?.(index);
      const own = plan.reply?.(index, body);
      if (own instanceof Error) throw own;
      const request = body === null ? null : note(session, body, plan.reply === undefined ? asked : null);
      if (own !== undefined) return { status: 200, body: own };
      if (request === "Inform") await plan.onInform?.();
      const reply = request === null ? next() : response(request, body, version);
      return { status: reply === null ? 204 : 200, body: reply };
    },
    async close() {
      session.ended = true;
    },
  };
}

function response(name: RpcName, request: string | null, version: CwmpVersion): string {
  const { id } = decodeEnvelope(request ?? "");
  return encodeResponse(name, name === "Inform" ? { maxEnvelopes: 1 } : {}, { id, version });
}

/** Takes down what the CPE says; answers the name of a request. `asked` null: the plan's own replies have IDs of their own. */
function note(session: Mutable, text: string, asked: number | null): RpcName | null {
  const { body, id } = decodeEnvelope(text);
  if (body.kind === "request") {
    if (body.name !== "Inform") {
      const name = body.name as RpcName;
      session.asked.push(name);
      session.told.push({ name, args: decodeRequest(name, body.element) });
      return name;
    }
    session.inform = decodeRequest("Inform", body.element);
    session.eventCodes = session.inform.event.map(({ eventCode }) => eventCode);
    return "Inform";
  }
  if (asked !== null) assert.equal(id, `acs-${asked}`, "C-043: the answer carries the request's cwmp:ID");
  if (body.kind === "fault") session.outcomes.push(body);
  else {
    const name = body.name as RpcName;
    session.outcomes.push({ kind: "response", name, response: decodeResponse(name, body.element) });
  }
  return null;
}

import assert from "node:assert/strict";
import type { Hono } from "hono";
import { createApi } from "../../src/control/api.ts";
import { createSessionLog, type ObservingSessionLog } from "../../src/net/session-log.ts";
import { describeMessage } from "../../src/soap/describe.ts";
import { secretMask } from "../../src/soap/mask.ts";
import { type AgentUnderTest, type AgentUnderTestOptions, createAgentUnderTest } from "./agent-under-test.ts";

export interface ApiUnderTest {
  readonly under: AgentUnderTest;
  readonly api: Hono;
  readonly sessions: ObservingSessionLog;
  /** Status and parsed answer. */
  ask(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly answer: Answer }>;
}

export type Answer = Readonly<Record<string, unknown>> & { readonly code?: string; readonly message?: string };

export interface ApiUnderTestOptions extends AgentUnderTestOptions {
  readonly passwords?: boolean;
}

/** The API over a real agent that is up and has had its first session. */
export async function createApiUnderTest({
  passwords = true,
  ...options
}: ApiUnderTestOptions = {}): Promise<ApiUnderTest> {
  const under = createAgentUnderTest(options);
  await under.agent.start();
  await under.settle();
  const sessions = createSessionLog({
    mask: secretMask(new Set(["Password"])),
    describe: describeMessage,
    log: under.log,
  });
  const { agent, log, time } = under;
  const api = createApi({ agent, sessions, scheduler: time.scheduler, version: "1.2.3", log, passwords });
  return {
    under,
    api,
    sessions,
    async ask(method, path, body) {
      const response = await api.request(path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
      return { status: response.status, answer: (await response.json()) as Answer };
    },
  };
}

export const ENVELOPE =
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Body><c:GetRPCMethods/></s:Body></s:Envelope>';

/** One whole session on the wire. */
export function observeSession({ observe }: ObservingSessionLog, session: number, at = 1_700_000_000_000): void {
  observe(session, at, { kind: "connected", address: "192.0.2.1", port: 7547 });
  observe(session, at + 1, { kind: "sent", body: ENVELOPE, bytes: ENVELOPE.length, authorized: false });
  observe(session, at + 2, { kind: "received", status: 204, body: null, bytes: 0 });
  observe(session, at + 3, { kind: "closed", error: null });
}

export function faultsOf(answer: Answer): readonly (readonly [string, number])[] {
  const { faults } = answer as { faults?: readonly { parameterName: string; faultCode: number }[] };
  assert.ok(faults !== undefined, JSON.stringify(answer));
  return faults.map(({ parameterName, faultCode }) => [parameterName, faultCode]);
}

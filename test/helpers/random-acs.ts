import assert from "node:assert/strict";
import fc from "fast-check";
import { AgentError } from "../../src/cwmp/errors.ts";
import type { AcsAnswer, AcsTransport } from "../../src/ports/acs-transport.ts";
import { decodeRequest } from "../../src/soap/decode.ts";
import { encodeRequest, encodeResponse } from "../../src/soap/encode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import type { InformEvent, RequestOf } from "../../src/soap/rpc-table.ts";
import { type AcsMove, SessionJudge } from "./session-judge.ts";
import { download } from "./transfers.ts";

/** One answer of an ACS that obeys nothing. */
export type Reply = (asked: string | null) => { readonly move: AcsMove; readonly answer: AcsAnswer | AgentError };

export interface HeldSession {
  readonly events: readonly InformEvent[];
  readonly retryCount: number;
  readonly judge: SessionJudge;
  /** CommandKeys of the Reboots that the CPE has answered. */
  readonly reboots: readonly string[];
  readonly reset: boolean;
  /** CommandKeys of the transfers whose TransferComplete the ACS has taken. */
  readonly transfers: readonly string[];
  readonly posts: number;
  readonly closed: boolean;
  /** What the CPE did that the standard does not have. Kept, as the CPE takes an error here for one of its connection. */
  readonly wrong: unknown;
}

type Mutable = { -readonly [K in keyof HeldSession]: HeldSession[K] } & { reboots: string[]; transfers: string[] };

/** Answers as the replies say, whatever it is asked, and like a good ACS when they are used up. */
export interface RandomAcs extends AcsTransport {
  plan(replies: readonly Reply[]): void;
  /** All that was planned has been said. */
  readonly isGood: boolean;
}

export function createRandomAcs(sessions: HeldSession[]): RandomAcs {
  const waiting: Reply[] = [];
  return {
    plan: (replies) => void waiting.push(...replies),
    get isGood() {
      return waiting.length === 0;
    },
    open() {
      const judge = new SessionJudge();
      const held: Mutable = {
        events: [],
        retryCount: 0,
        judge,
        reboots: [],
        reset: false,
        transfers: [],
        posts: 0,
        closed: false,
        wrong: null,
      };
      sessions.push(held);
      let asked: string | null = null;
      return {
        async post(body) {
          held.posts++;
          try {
            assert.ok(!held.closed, "no POST after the end");
            judge.posted(body);
            note(held, asked, body);
          } catch (error) {
            held.wrong ??= error;
            throw error;
          }
          const { move, answer } = (waiting.shift() ?? wellBehaved)(body);
          judge.answered(move);
          if (move.kind === "answer") noteTaken(held, body);
          if (answer instanceof AgentError) throw answer;
          asked = move.kind === "request" ? answer.body : null;
          return answer;
        },
        async close() {
          held.closed = true;
        },
      };
    },
  };
}

function note(held: Mutable, asked: string | null, body: string | null): void {
  if (body === null) return;
  const envelope = decodeEnvelope(body);
  if (envelope.body.kind === "request" && envelope.body.name === "Inform") {
    const inform = decodeRequest("Inform", envelope.body.element);
    held.events = inform.event;
    held.retryCount = inform.retryCount;
  }
  if (envelope.body.kind !== "response" || asked === null) return;
  if (envelope.body.name === "FactoryReset") held.reset = true;
  if (envelope.body.name === "Reboot") held.reboots.push(commandKeyOf(asked, "Reboot"));
}

function noteTaken(held: Mutable, body: string | null): void {
  if (body?.includes("<cwmp:TransferComplete>")) held.transfers.push(commandKeyOf(body, "TransferComplete"));
}

function commandKeyOf(asked: string, name: "Reboot" | "TransferComplete"): string {
  const { body } = decodeEnvelope(asked);
  assert.ok(body.kind === "request");
  return decodeRequest(name, body.element).commandKey;
}

const wellBehaved: Reply = (asked) => (requestIn(asked) === null ? EMPTY : answerTo(asked, {}));

const EMPTY = { move: { kind: "empty" }, answer: { status: 204, body: null } } as const;

/** The name of the CPE's request, or null. */
function requestIn(asked: string | null): "Inform" | "TransferComplete" | null {
  const { body } = asked === null ? { body: null } : decodeEnvelope(asked);
  if (body?.kind !== "request") return null;
  return body.name === "Inform" ? "Inform" : "TransferComplete";
}

/** Where there is nothing to answer it is an InformResponse out of turn. */
function answerTo(asked: string | null, more: { readonly hold?: boolean; readonly id?: string }) {
  const id = more.id ?? idOf(asked);
  const hold = more.hold ?? false;
  const header = { id, version: "1.2", ...(hold ? { holdRequests: true } : {}) } as const;
  const isInform = requestIn(asked) !== "TransferComplete";
  const body = isInform
    ? encodeResponse("Inform", { maxEnvelopes: 1 }, header)
    : encodeResponse("TransferComplete", {}, header);
  // Another ID makes no difference: one request is outstanding at a time.
  const move: AcsMove = { kind: "answer", hold };
  return { move, answer: { status: 200, body } };
}

function idOf(asked: string | null): string | null {
  return asked === null ? "1" : decodeEnvelope(asked).id;
}

const requestBody =
  (body: string): Reply =>
  () => ({ move: { kind: "request" }, answer: { status: 200, body } });
const broken =
  (answer: AcsAnswer | AgentError): Reply =>
  () => ({ move: { kind: "broken" }, answer });
const HEADER = { id: "acs-1", version: "1.2" } as const;
const wrapped = (body: string, header = ""): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2" xmlns:f="urn:f"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const fault =
  (code: number): Reply =>
  () => ({
    move: { kind: "fault", code },
    answer: {
      status: 200,
      body: wrapped(
        `<s:Fault><faultcode>Server</faultcode><faultstring>CWMP fault</faultstring><detail><c:Fault><FaultCode>${code}</FaultCode><FaultString>no</FaultString></c:Fault></detail></s:Fault>`,
      ),
    },
  });

export const VOLUME = "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol";
const setVolume = (value: string) =>
  encodeRequest(
    "SetParameterValues",
    { parameterList: [{ name: VOLUME, value, type: null }], parameterKey: value },
    HEADER,
  );
const watchVolume = (notification: number) => {
  const entry = { name: VOLUME, notificationChange: true, notification, accessListChange: false, accessList: [] };
  return encodeRequest("SetParameterAttributes", { parameterList: [entry] }, HEADER);
};

const requests = fc.constantFrom(
  encodeRequest("GetRPCMethods", {}, HEADER),
  encodeRequest("GetRPCMethods", {}, { id: null, version: "1.0" }),
  encodeRequest("GetParameterValues", { parameterNames: ["Device.DeviceInfo."] }, HEADER),
  encodeRequest("GetParameterValues", { parameterNames: ["Device.Nothing"] }, HEADER),
  encodeRequest("GetParameterNames", { parameterPath: "", nextLevel: true }, HEADER),
  setVolume("11"),
  setVolume("99"),
  watchVolume(2),
  watchVolume(7),
  encodeRequest("FactoryReset", {}, HEADER),
  encodeRequest("ScheduleInform", { delaySeconds: 30, commandKey: "soon" }, HEADER),
  encodeRequest("ScheduleInform", { delaySeconds: 4000, commandKey: "late" }, HEADER),
  wrapped("<c:Kicked/>", "<c:ID>k</c:ID>"),
  wrapped("<c:SetParameterValues/>"),
  wrapped("<c:GetRPCMethods/>", '<f:Strange s:mustUnderstand="1">1</f:Strange>'),
);
const downloads = fc
  .record({ commandKey: fc.constantFrom("", "now", "later"), delaySeconds: fc.constantFrom(0, 0, 600) })
  .map((change) => encodeRequest("Download", download(change).args as RequestOf<"Download">, HEADER));
const reboots = fc
  .constantFrom("", "a", "key & <2>")
  .map((commandKey) => encodeRequest("Reboot", { commandKey }, HEADER));

const garbage = fc.constantFrom(
  "<",
  "text",
  "<!DOCTYPE x><x/>",
  wrapped("<c:InformResponse/><c:InformResponse/>"),
  wrapped("<c:GetRPCMethods/>").replace("soap/envelope/", "soap/other/"),
);
/** Other ways to say nothing. */
const blank = fc.constantFrom("\r\n", wrapped(""), wrapped(" \n")).map(
  (body): Reply =>
    () => ({ move: { kind: "empty" }, answer: { status: 200, body } }),
);
const errors = fc.constantFrom(
  new AgentError("ACS_HTTP_STATUS", "the ACS answered 500", { status: 500 }),
  new AgentError("ACS_UNREACHABLE", "the connection was lost"),
  new AgentError("ACS_TIMEOUT", "no answer in 60 s"),
);

/** Any answer at any step. */
export const replies: fc.Arbitrary<readonly Reply[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(wellBehaved) },
    { weight: 2, arbitrary: fc.constant<Reply>(() => EMPTY) },
    { weight: 2, arbitrary: fc.constant<Reply>((asked) => answerTo(asked, { hold: true })) },
    { weight: 1, arbitrary: fc.constant<Reply>((asked) => answerTo(asked, { id: "other" })) },
    { weight: 5, arbitrary: fc.oneof(requests, downloads, reboots).map(requestBody) },
    { weight: 3, arbitrary: fc.constantFrom(8000, 8001, 8002, 8003, 8004, 8005, 8005, 8005, 8006, 8800).map(fault) },
    { weight: 2, arbitrary: garbage.map((body) => broken({ status: 200, body })) },
    { weight: 1, arbitrary: blank },
    { weight: 2, arbitrary: errors.map(broken) },
  ),
  { maxLength: 12 },
);

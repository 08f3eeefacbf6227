import type { CallLine, IncomingPolicy } from "../../sip/calls/call-line.ts";
import type { Voice } from "../../sip/calls/rtp.ts";
import type { Codec } from "../../sip/calls/sdp.ts";
import { uriText } from "../../sip/message/uri.ts";
import type { SettingsInForce } from "../hardware.ts";
import { accountKey, isOn } from "../phone-keys.ts";

/** How the person at a simulated phone handles calls. */
export interface CallHabits {
  /** Null: calls are not answered. */
  readonly answerAfterMs: number | null;
  readonly voice: Voice;
}

/** Per phone, over all lines. */
const MAX_CALLS = 2;
const BUSY = 486;
/** SIP codes that the phone's page offers for do not disturb. */
const REFUSALS: readonly string[] = ["404", "480", "486"];

/** `Audio<index>` of an account: the codec with its payload type and its defaults. */
const CODECS: readonly (Codec & { readonly priority: number; readonly isOn: boolean })[] = [
  { name: "PCMU", clockRate: 8000, payload: 0, priority: 13, isOn: true },
  { name: "PCMA", clockRate: 8000, payload: 8, priority: 12, isOn: true },
  { name: "G723", clockRate: 8000, payload: 4, priority: 11, isOn: false },
  { name: "G723", clockRate: 8000, payload: 4, priority: 10, isOn: false },
  { name: "G729", clockRate: 8000, payload: 18, priority: 9, isOn: true },
  { name: "G722", clockRate: 8000, payload: 9, priority: 8, isOn: true },
  { name: "G726-16", clockRate: 8000, payload: 112, priority: 6, isOn: false },
  { name: "G726-24", clockRate: 8000, payload: 102, priority: 5, isOn: false },
  { name: "G726-32", clockRate: 8000, payload: 2, priority: 4, isOn: false },
  { name: "G726-40", clockRate: 8000, payload: 104, priority: 3, isOn: false },
];

/** The codecs of an account that are on, the highest priority first; G.723 at both rates is one. */
export function codecsOf(setting: SettingsInForce, account: number): readonly Codec[] {
  const chosen = CODECS.map((codec, index) => {
    const enable = setting(accountKey(account, `Audio${index}.Enable`)) ?? "";
    const priority = setting(accountKey(account, `Audio${index}.Priority`)) ?? "";
    return {
      codec,
      isOn: enable === "" ? codec.isOn : isOn(enable),
      priority: /^\d{1,4}$/.test(priority) ? Number(priority) : codec.priority,
    };
  });
  const ordered = chosen.filter((one) => one.isOn).toSorted((one, other) => other.priority - one.priority);
  const payloads = new Set<number>();
  return ordered.flatMap(({ codec: { name, clockRate, payload } }) => {
    if (payloads.has(payload)) return [];
    payloads.add(payload);
    return [{ name, clockRate, payload }];
  });
}

/**
 * How pressed keys are sent: 0 in the voice, 1 as RFC 4733 events, 2 by INFO, 3 in the voice and by INFO, 4 as events
 * and by INFO.
 */
const EVENTS: readonly string[] = ["1", "4"];
const BY_INFO: readonly string[] = ["2", "3", "4"];
/** In the phone's own file. */
const DEFAULT_DTMF = "2";

/** How `DTMF.Type` sends pressed keys. */
export function dtmfOf(
  setting: SettingsInForce,
  account: number,
): Pick<CallLine, "telephoneEvents" | "telephonePayload" | "keysByInfo"> {
  const type = setting(accountKey(account, "DTMF.Type")) || DEFAULT_DTMF;
  const payload = Number(setting(accountKey(account, "DTMF.Payload")) ?? "");
  return {
    telephoneEvents: EVENTS.includes(type),
    keysByInfo: BY_INFO.includes(type),
    telephonePayload: payload >= 96 && payload <= 127 ? payload : 101,
  };
}

/**
 * How an incoming call is handled with this many calls on the phone: forward always, then do not disturb, then busy,
 * then ringing.
 *
 * @param domain for a target without one
 */
export function incomingPolicy(
  setting: SettingsInForce,
  { answerAfterMs }: CallHabits,
  calls: number,
  domain: string,
): IncomingPolicy {
  const feature = (item: string): string => setting(`Config.${item}`) ?? "";
  const target = (kind: string): string | null => {
    const number = feature(`Forward.${kind}.Target`);
    if (!isOn(feature(`Forward.${kind}.Enable`)) || number === "") return null;
    return number.includes("@") ? `sip:${number}` : uriText(number, domain, null);
  };
  const always = target("ALWAYS");
  if (always !== null) return { kind: "forward", target: always };
  if (isOn(feature("Features.DND.Enable")))
    return { kind: "refuse", status: refusal(feature("Features.DND.ReturnCode")) };
  const most = isOn(setting("Config.Features.CALL_WAITING.Enable") ?? "1") ? MAX_CALLS : 1;
  if (calls >= most) {
    const busy = target("BUSY");
    return busy === null ? { kind: "refuse", status: BUSY } : { kind: "forward", target: busy };
  }
  const late = target("TIMEOUT");
  const seconds = Number(feature("Forward.TIMEOUT.Timeout") || "30");
  // During a call the person does not answer a second one.
  const answer = calls === 0 ? answerAfterMs : null;
  return {
    kind: "ring",
    answerAfterMs: answer,
    forward: late === null ? null : { afterMs: seconds * 1_000, target: late },
  };
}

function refusal(code: string): number {
  return REFUSALS.includes(code) ? Number(code) : BUSY;
}

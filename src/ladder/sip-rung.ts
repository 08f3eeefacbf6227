import type { SipRecord } from "../ports/sip-log.ts";
import type { Rung } from "./rung.ts";

/** One SIP message as it is drawn between the lifelines of phone and peer. */
export function sipRungOf({ at, from, name, answers, peer }: SipRecord): Rung {
  const status = answers === "" ? null : Number(name.slice(0, 3));
  return {
    at,
    direction: from === "phone" ? "right" : "left",
    method: "",
    name: status === null ? (name.split(" ")[0] ?? "") : name,
    tail: peer,
    notes: [status === null ? name.slice(name.indexOf(" ") + 1) : `to ${answers}`],
    tone: toneOf(status),
  };
}

/** A challenge (401, 407) is no failure: what follows it may be. */
function toneOf(status: number | null): Rung["tone"] {
  if (status === null) return "plain";
  if (status < 200) return "quiet";
  if (status < 300) return "good";
  return status === 401 || status === 407 || status < 400 ? "quiet" : "bad";
}

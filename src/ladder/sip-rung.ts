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

/** No failures: a challenge (what follows it may be one), and the end of a call that its caller has given up. */
const EXPECTED: readonly number[] = [401, 407, 487];

function toneOf(status: number | null): Rung["tone"] {
  if (status === null) return "plain";
  if (status >= 200 && status < 300) return "good";
  return status < 400 || EXPECTED.includes(status) ? "quiet" : "bad";
}

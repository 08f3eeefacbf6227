/**
 * The order of a session, as a pure function (TR-069 3.7.1, Table 7).
 *
 * `informing`: the Inform is unanswered. `sending`: the CPE may still make requests. `serving`: an empty POST was sent
 * while not on hold, so the CPE makes no more requests and only serves the ACS (C-071). `ended`: it is over.
 */
export type SessionState =
  | { readonly value: "informing" }
  | { readonly value: "sending" }
  | { readonly value: "serving" }
  | { readonly value: "ended"; readonly problem: string | null };

export type SessionInput =
  /** The ACS answered our request. `hold`: HoldRequests was 1. `left`: requests that the CPE still has to make. */
  | { readonly value: "answered"; readonly hold: boolean; readonly left: number }
  /** The ACS asks for our request once more (fault 8005, C-077). */
  | { readonly value: "again" }
  | { readonly value: "request" }
  | { readonly value: "empty"; readonly left: number }
  | { readonly value: "broken"; readonly problem: string };

/** What to put into the next POST; `close` where there is none. */
export type SessionEffect = "sendNext" | "sendAgain" | "sendEmpty" | "serve" | "close";

export interface SessionStep {
  readonly state: SessionState;
  readonly effect: SessionEffect;
}

export const FIRST_STEP: SessionStep = { state: { value: "informing" }, effect: "sendNext" };

export function step(state: SessionState, input: SessionInput): SessionStep {
  if (input.value === "broken") return ended(input.problem);
  switch (state.value) {
    case "informing":
      return informing(input);
    case "sending":
      return sending(input);
    case "serving":
      return serving(input);
    case "ended":
      return { state, effect: "close" };
  }
}

type Unbroken = Exclude<SessionInput, { value: "broken" }>;

function informing(input: Unbroken): SessionStep {
  if (input.value === "again") return { state: { value: "informing" }, effect: "sendAgain" };
  if (input.value === "answered") return sending(input);
  const what = input.value === "empty" ? "an empty answer" : "a request";
  return ended(`the ACS answered the Inform with ${what}`);
}

function sending(input: Unbroken): SessionStep {
  switch (input.value) {
    case "again":
      return { state: { value: "sending" }, effect: "sendAgain" };
    case "request":
      return { state: { value: "sending" }, effect: "serve" };
    case "answered":
      // On hold an empty POST does not end the CPE's requests (C-072).
      return input.hold ? { state: { value: "sending" }, effect: "sendEmpty" } : nextOrEmpty(input.left);
    case "empty":
      return nextOrEmpty(input.left);
  }
}

function serving(input: Unbroken): SessionStep {
  switch (input.value) {
    case "request":
      return { state: { value: "serving" }, effect: "serve" };
    case "empty":
      return ended(null);
    default:
      return ended("the ACS answered a request that the CPE had not made");
  }
}

function nextOrEmpty(left: number): SessionStep {
  return left > 0
    ? { state: { value: "sending" }, effect: "sendNext" }
    : { state: { value: "serving" }, effect: "sendEmpty" };
}

function ended(problem: string | null): SessionStep {
  return { state: { value: "ended", problem }, effect: "close" };
}

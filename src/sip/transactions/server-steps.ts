import { T1_MS, T2_MS, T4_MS, TRANSACTION_MS } from "./timers.ts";

/** A server transaction: RFC 3261 17.2, with the accepted state of RFC 6026. */
export interface ServerState {
  readonly name: "proceeding" | "accepted" | "completed" | "confirmed" | "terminated";
  readonly isInvite: boolean;
  readonly isReliable: boolean;
  readonly repeatMs: number;
}

/** `repeat` is G, `end` is H, `forget` is I, J or L. */
export type ServerTimer = "repeat" | "end" | "forget";

export type ServerInput =
  | { readonly kind: "answer"; readonly status: number }
  /** The request again, or the ACK of an INVITE. */
  | { readonly kind: "repeated" | "acknowledged" }
  | { readonly kind: "timer"; readonly timer: ServerTimer };

export type ServerAction =
  | { readonly kind: "send" }
  | { readonly kind: "start"; readonly timer: ServerTimer; readonly afterMs: number }
  | { readonly kind: "stop"; readonly timer: ServerTimer };

export interface ServerStep {
  readonly state: ServerState;
  readonly actions: readonly ServerAction[];
}

const SEND: ServerAction = { kind: "send" };
const STOP_REPEATING: readonly ServerAction[] = [
  { kind: "stop", timer: "repeat" },
  { kind: "stop", timer: "end" },
];

export function newServer(isInvite: boolean, isReliable: boolean): ServerState {
  return { name: "proceeding", isInvite, isReliable, repeatMs: T1_MS };
}

/** What a server transaction does next. Pure. */
export function stepServer(state: ServerState, input: ServerInput): ServerStep {
  switch (input.kind) {
    case "answer":
      return afterAnswer(state, input.status);
    case "repeated":
      // A 2xx is repeated by the call itself (RFC 3261 13.3.1.4).
      return { state, actions: state.name === "proceeding" || state.name === "completed" ? [SEND] : [] };
    case "acknowledged":
      return afterAcknowledgement(state);
    case "timer":
      return afterTimer(state, input.timer);
  }
}

function afterAnswer(state: ServerState, status: number): ServerStep {
  if (state.name !== "proceeding") return { state, actions: [] };
  if (status < 200) return { state, actions: [SEND] };
  if (state.isInvite && status < 300) return remember(state, "accepted", TRANSACTION_MS, [SEND]);
  if (!state.isInvite) return remember(state, "completed", state.isReliable ? 0 : TRANSACTION_MS, [SEND]);
  const repeat: readonly ServerAction[] = state.isReliable ? [] : [start("repeat", state.repeatMs)];
  return { state: { ...state, name: "completed" }, actions: [SEND, ...repeat, start("end", TRANSACTION_MS)] };
}

function afterAcknowledgement(state: ServerState): ServerStep {
  if (state.name !== "completed" || !state.isInvite) return { state, actions: [] };
  return remember(state, "confirmed", state.isReliable ? 0 : T4_MS, STOP_REPEATING);
}

function afterTimer(state: ServerState, timer: ServerTimer): ServerStep {
  if (timer !== "repeat") return { state: { ...state, name: "terminated" }, actions: STOP_REPEATING };
  if (state.name !== "completed") return { state, actions: [] };
  const repeatMs = Math.min(state.repeatMs * 2, T2_MS);
  return { state: { ...state, repeatMs }, actions: [SEND, start("repeat", repeatMs)] };
}

function remember(
  state: ServerState,
  name: "accepted" | "completed" | "confirmed",
  forMs: number,
  actions: readonly ServerAction[],
): ServerStep {
  if (forMs === 0) return { state: { ...state, name: "terminated" }, actions };
  return { state: { ...state, name }, actions: [...actions, start("forget", forMs)] };
}

function start(timer: ServerTimer, afterMs: number): ServerAction {
  return { kind: "start", timer, afterMs };
}

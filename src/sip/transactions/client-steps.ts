import { INVITE_REPEATS_MS, T1_MS, T2_MS, TRANSACTION_MS } from "./timers.ts";

/** A client transaction: RFC 3261 17.1, with the accepted state of RFC 6026. */
export interface ClientState {
  readonly name: "trying" | "proceeding" | "accepted" | "completed" | "terminated";
  readonly isInvite: boolean;
  /** TCP and TLS repeat nothing themselves. */
  readonly isReliable: boolean;
  /** How long until the next repetition. */
  readonly repeatMs: number;
}

/** `repeat` is A or E, `end` is B or F, `forget` is D or M. */
export type ClientTimer = "repeat" | "end" | "forget";

export type ClientInput =
  | { readonly kind: "start" }
  | { readonly kind: "timer"; readonly timer: ClientTimer }
  | { readonly kind: "response"; readonly status: number }
  /** CANCEL goes out for it (RFC 3261 9.1). */
  | { readonly kind: "cancelled" }
  | { readonly kind: "closed" };

export type ClientAction =
  | { readonly kind: "send" | "acknowledge" | "deliver" | "timeout" | "failed" }
  | { readonly kind: "start"; readonly timer: ClientTimer; readonly afterMs: number }
  | { readonly kind: "stop"; readonly timer: ClientTimer };

export interface ClientStep {
  readonly state: ClientState;
  readonly actions: readonly ClientAction[];
}

const STOP_WAITING: readonly ClientAction[] = [
  { kind: "stop", timer: "repeat" },
  { kind: "stop", timer: "end" },
];

export function newClient(isInvite: boolean, isReliable: boolean): ClientState {
  return { name: "trying", isInvite, isReliable, repeatMs: T1_MS };
}

/** What a client transaction does next. Pure. */
export function stepClient(state: ClientState, input: ClientInput): ClientStep {
  switch (input.kind) {
    case "start":
      return { state, actions: [{ kind: "send" }, ...repeatLater(state), start("end", TRANSACTION_MS)] };
    case "timer":
      return afterTimer(state, input.timer);
    case "response":
      return afterResponse(state, input.status);
    case "cancelled":
      // The ringing peer may be gone: the maximum wait for an answer.
      return { state, actions: isWaiting(state) ? [start("end", TRANSACTION_MS)] : [] };
    case "closed":
      return isWaiting(state) ? end(state, [...STOP_WAITING, { kind: "failed" }]) : { state, actions: [] };
  }
}

function afterTimer(state: ClientState, timer: ClientTimer): ClientStep {
  if (timer === "forget") return end(state, []);
  if (!isWaiting(state)) return { state, actions: [] };
  if (timer === "end") return end(state, [...STOP_WAITING, { kind: "timeout" }]);
  const repeatMs = nextRepeatMs(state);
  const next = { ...state, repeatMs };
  return { state: next, actions: [{ kind: "send" }, start("repeat", repeatMs)] };
}

/** INVITE doubles without a limit (timer A); others up to T2, and at T2 once they have been heard of (timer E). */
function nextRepeatMs({ isInvite, name, repeatMs }: ClientState): number {
  if (isInvite) return repeatMs * 2;
  return name === "proceeding" ? T2_MS : Math.min(repeatMs * 2, T2_MS);
}

function afterResponse(state: ClientState, status: number): ClientStep {
  if (state.name === "completed") {
    return { state, actions: status >= 300 ? [{ kind: "acknowledge" }] : [] };
  }
  if (state.name === "accepted") return { state, actions: status < 300 && status >= 200 ? [{ kind: "deliver" }] : [] };
  if (state.name === "terminated") return { state, actions: [] };
  if (status < 200) {
    // After a provisional response an INVITE is neither repeated nor given up: the other side rings.
    const stopped = state.isInvite ? STOP_WAITING : [];
    return { state: { ...state, name: "proceeding" }, actions: [...stopped, { kind: "deliver" }] };
  }
  if (state.isInvite && status < 300) return remember(state, "accepted", TRANSACTION_MS, []);
  if (state.isInvite) return remember(state, "completed", state.isReliable ? 0 : INVITE_REPEATS_MS, ["acknowledge"]);
  // Repeated answers need no handling: without a transaction they are dropped. So timer K is not needed.
  return end(state, [...STOP_WAITING, { kind: "deliver" }]);
}

function remember(
  state: ClientState,
  name: "accepted" | "completed",
  forMs: number,
  first: readonly "acknowledge"[],
): ClientStep {
  const actions: ClientAction[] = [...STOP_WAITING, ...first.map((kind) => ({ kind }) as const), { kind: "deliver" }];
  if (forMs === 0) return end(state, actions);
  return { state: { ...state, name }, actions: [...actions, start("forget", forMs)] };
}

function isWaiting({ name }: ClientState): boolean {
  return name === "trying" || name === "proceeding";
}

function repeatLater({ isReliable, repeatMs }: ClientState): readonly ClientAction[] {
  return isReliable ? [] : [start("repeat", repeatMs)];
}

function end(state: ClientState, actions: readonly ClientAction[]): ClientStep {
  return { state: { ...state, name: "terminated" }, actions };
}

function start(timer: ClientTimer, afterMs: number): ClientAction {
  return { kind: "start", timer, afterMs };
}

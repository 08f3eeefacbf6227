import type { BackendKey } from "../ports/backend.ts";
import type { ParametersState, Undo } from "./state.ts";

type Texts = ReadonlyMap<BackendKey, string>;

/** A change of the phone's settings, with what is needed to determine whether it was made, and to undo it. */
export interface Intent {
  readonly to: Texts;
  readonly undo: Undo;
}

/**
 * The state of a change, by the phone's current values. `made`: no text is as it was before; one that is neither old
 * nor new has been edited since. `partly`: some are new and some old.
 */
export type Outcome = "made" | "partly" | "not made";

export function intentOf(to: Texts, current: Texts, before: ParametersState): Intent {
  const from = Object.fromEntries([...to.keys()].map((key) => [key, current.get(key) ?? null]));
  return { to, undo: { from, state: before } };
}

/** The intent of a document; null also for one of an earlier version, which does not say what it overwrites. */
export function storedIntent({ intent, undo }: ParametersState): Intent | null {
  return intent === null || undo === null ? null : { to: new Map(Object.entries(intent)), undo };
}

export function withIntent(state: ParametersState, { to, undo }: Intent): ParametersState {
  return { ...state, intent: Object.fromEntries(to), undo };
}

/** Actions cannot be read back and are ignored. */
export function outcomeOf({ to, undo }: Intent, now: Texts): Outcome {
  const kept = [...to.keys()].filter(leavesText);
  if (!kept.some((key) => (now.get(key) ?? null) === undo.from[key])) return "made";
  return kept.some((key) => now.get(key) === to.get(key)) ? "partly" : "not made";
}

/**
 * The old texts of the applied part of a change. Later edits by others stay, and so do new keys.
 *
 * @param isDoubtful also of what reads as not made: a phone with a store of its own may have more of it than it has answered
 */
export function textsToPutBack({ to, undo }: Intent, now: Texts, isDoubtful: boolean): Texts {
  const texts = new Map<BackendKey, string>();
  for (const [key, text] of to) {
    const old = undo.from[key] ?? null;
    const reads = now.get(key);
    if (old !== null && leavesText(key) && (reads === text || (isDoubtful && reads === old))) texts.set(key, old);
  }
  return texts;
}

/** Whether what is written there can be read again. */
export function leavesText(key: BackendKey): boolean {
  return !key.startsWith("Action.");
}

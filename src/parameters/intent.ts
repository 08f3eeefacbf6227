import type { BackendKey } from "../ports/backend.ts";
import type { ParametersState, Undo } from "./state.ts";

type Texts = ReadonlyMap<BackendKey, string>;

/** A change of the phone's settings, with all that is needed to find out whether it was made, and to take it back. */
export interface Intent {
  readonly to: Texts;
  readonly undo: Undo;
}

/**
 * Where a change stands, by what the phone holds now. `made`: no text is as it was before; one that is neither old nor new has
 * been edited since. `partly`: some are new and some old.
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

/** Actions leave nothing to be read and do not count. */
export function outcomeOf({ to, undo }: Intent, now: Texts): Outcome {
  const kept = [...to.keys()].filter(leavesText);
  if (!kept.some((key) => (now.get(key) ?? null) === undo.from[key])) return "made";
  return kept.some((key) => now.get(key) === to.get(key)) ? "partly" : "not made";
}

/**
 * The old texts of what the phone has made of a change. What others have edited since stays, and so does a key that is new.
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

import type { ScenarioSettings } from "../../config/fleet/scenario-options.ts";
import { createSeededRandom } from "../../system/seeded-random.ts";
import { isChosen } from "../chosen-phones.ts";
import type { PlannedPhone } from "../plan.ts";

/** Something that happens to a phone, at a time that counts from the start of the fleet. */
export interface ScheduledStep {
  readonly atMs: number;
  readonly phone: PlannedPhone;
  /** Which repetition it is, from 1. */
  readonly round: number;
}

/** The steps of one round in the order of their times: the same for the same seed. */
export function scheduleRound(
  scenario: ScenarioSettings,
  plan: readonly PlannedPhone[],
  { seed, round }: { readonly seed: string; readonly round: number },
): readonly ScheduledStep[] {
  const { kind, atSeconds, overSeconds, everySeconds } = scenario;
  const chosen = plan.filter((phone) => isChosen(scenario, phone, `${seed} ${kind} ${atSeconds}`));
  const beginMs = (atSeconds + (round - 1) * everySeconds) * 1000;
  const offsetMs = (phone: PlannedPhone, at: number): number => {
    if (overSeconds === 0) return 0;
    // A roll-out goes from phone to phone; everything else comes over them as it likes.
    if (kind === "rollOut") return (overSeconds * 1000 * at) / chosen.length;
    return createSeededRandom(`${seed} ${kind} ${atSeconds} ${round} ${phone.name}`).between(0, overSeconds * 1000);
  };
  return chosen
    .map((phone, at) => ({ atMs: Math.round(beginMs + offsetMs(phone, at)), phone, round }))
    .sort((one, other) => one.atMs - other.atMs || one.phone.index - other.phone.index);
}

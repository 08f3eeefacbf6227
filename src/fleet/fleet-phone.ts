import type { OpenPhone } from "../daemon/phones/create-phone.ts";
import type { PhoneFigures } from "./figures/group-figures.ts";
import type { PlannedPhone } from "./plan.ts";

/** A phone that has been started. */
export interface FleetPhone {
  readonly planned: PlannedPhone;
  readonly phone: OpenPhone;
  readonly figures: PhoneFigures;
}

const CLOSED_AT_ONCE = 64;

/** @param closed is called for each */
export async function closePhones(phones: readonly FleetPhone[], closed: () => void = () => {}): Promise<void> {
  const waiting = [...phones];
  const closeNext = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      await one.phone.close();
      closed();
    }
  };
  await Promise.all(Array.from({ length: CLOSED_AT_ONCE }, closeNext));
}

import { type OffsetAt, parseTimeZone } from "../../cwmp/time-zone.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Clock } from "../../ports/clock.ts";

const LOCAL_TIME_ZONE = "Device.Time.LocalTimeZone";

/** The phone's local time, for all that shows or uses it: by its own zone or, where it has none, by that of the machine. */
export async function readPhoneZone(tree: ParameterTree, clock: Clock): Promise<OffsetAt> {
  const values = await tree.readSecrets([LOCAL_TIME_ZONE]);
  return parseTimeZone(values.get(LOCAL_TIME_ZONE) ?? "") ?? ((at) => clock.offsetMinutes(at));
}

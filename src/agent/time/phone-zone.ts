import { type OffsetAt, parseTimeZone } from "../../cwmp/time-zone.ts";
import { ownPath } from "../../parameters/own-paths.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Clock } from "../../ports/clock.ts";

const LOCAL_TIME_ZONE = "Time.LocalTimeZone";

/** The phone's local time, for all that shows or uses it: by its own zone or, where it has none, by that of the machine. */
export async function readPhoneZone(tree: ParameterTree, clock: Clock): Promise<OffsetAt> {
  const path = ownPath(tree, LOCAL_TIME_ZONE);
  const values = await tree.readSecrets([path]);
  return parseTimeZone(values.get(path) ?? "") ?? ((at) => clock.offsetMinutes(at));
}

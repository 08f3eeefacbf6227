import { type OffsetAt, parseTimeZone } from "../../cwmp/time-zone.ts";
import { ownPath } from "../../parameters/own-paths.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Clock } from "../../ports/clock.ts";

const LOCAL_TIME_ZONE = "Time.LocalTimeZone";

/** The phone's local time: by its own zone or, if it has none, by the machine's. */
export async function readPhoneZone(tree: ParameterTree, clock: Clock): Promise<OffsetAt> {
  const path = ownPath(tree, LOCAL_TIME_ZONE);
  const values = await tree.readSecrets([path]);
  return parseTimeZone(values.get(path) ?? "") ?? ((at) => clock.offsetMinutes(at));
}

import { formatLocalDateTime } from "../../cwmp/date-time.ts";
import type { CwmpEvent } from "../../cwmp/events.ts";
import type { ParameterRef } from "../../parameters/layout.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Clock } from "../../ports/clock.ts";
import { valuesOf } from "../../rpc/parameter-values.ts";
import type { RequestOf } from "../../soap/rpc-table.ts";
import type { Identity } from "../core/config.ts";
import { readPhoneZone } from "../time/phone-zone.ts";

export interface InformFacts {
  readonly identity: Identity;
  readonly events: readonly CwmpEvent[];
  readonly retryCount: number;
  /** Parameters whose change is reported. */
  readonly changed: readonly ParameterRef[];
}

/** The Inform of a session (TR-069 A.3.3.1): forced parameters and changed ones, none twice (C-093, C-098). */
export async function buildInform(
  { identity, events, retryCount, changed }: InformFacts,
  tree: ParameterTree,
  clock: Clock,
): Promise<RequestOf<"Inform">> {
  const refs = [...new Map([...tree.layout.forcedInform, ...changed].map((ref) => [ref.path, ref])).values()];
  const { manufacturer, oui, productClass, serialNumber } = identity;
  const now = clock.now();
  const offsetAt = await readPhoneZone(tree, clock);
  return {
    deviceId: { manufacturer, oui, productClass, serialNumber },
    event: events.map(({ code, commandKey }) => ({ eventCode: code, commandKey })),
    maxEnvelopes: 1,
    currentTime: formatLocalDateTime(now, offsetAt(now)),
    retryCount,
    parameterList: await valuesOf(refs, tree),
  };
}

const VALUE_CHANGE: CwmpEvent = { code: "4 VALUE CHANGE", commandKey: "" };

/** Every Inform that reports a change has `4 VALUE CHANGE`, whatever opened the session (C-093). */
export function withValueChange(events: readonly CwmpEvent[], hasChanges: boolean): readonly CwmpEvent[] {
  const others = events.filter(({ code }) => code !== VALUE_CHANGE.code);
  return hasChanges ? [...others, VALUE_CHANGE] : others;
}

/** Describes a change for the log: parameters, old and new values, and who made it. Never the value of a hidden one. */
import { maskUrls } from "../cwmp/mask.ts";
import type { BackendChange, BackendKey } from "../ports/backend.ts";
import type { Logger } from "../ports/logger.ts";
import type { Layout, ParameterRef } from "./layout.ts";
import type { ChangedBy, Plan } from "./plan.ts";

export interface ChangedValue {
  readonly ref: ParameterRef;
  readonly from: string;
  readonly to: string;
}

/** A configuration file may change hundreds: the first of them, and how many there are. */
const MAX_TOLD = 20;
const MAX_VALUE_CHARACTERS = 64;
const URL_PATH = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)[/?#].+$/i;
const WHO: Readonly<Record<ChangedBy, string>> = { acs: "By the ACS", device: "At the phone" };

/** The parameters that a plan may change, under the path that the model gives them. */
export function refsOf({ keys, paths }: Pick<Plan, "keys" | "paths">, layout: Layout): readonly ParameterRef[] {
  const byKey = [...keys.keys()].flatMap((key: BackendKey) => layout.byKey(key));
  const byPath = [...paths].flatMap((path) => layout.get(path) ?? []);
  return [...new Map([...byKey, ...byPath].map((ref) => [ref.path, ref])).values()];
}

/** A change by another program or a person, in the phone's spelling. */
export function foreignValues(changes: readonly BackendChange[], layout: Layout): readonly ChangedValue[] {
  return changes.flatMap(({ key, before = "", after = "" }) =>
    layout.byKey(key).map((ref) => ({ ref, from: before, to: after })),
  );
}

export function reportChanges(log: Logger, by: ChangedBy, values: readonly ChangedValue[]): void {
  const changed = values.filter(({ from, to }) => from !== to);
  if (changed.length === 0) return;
  const changes = changed.slice(0, MAX_TOLD).map(sentenceOf);
  const more = changed.length > MAX_TOLD ? [`and ${changed.length - MAX_TOLD} more`] : [];
  const parameters = changed.length === 1 ? "1 parameter was" : `${changed.length} parameters were`;
  log.info({ by, changes: [...changes, ...more] }, `${WHO[by]} ${parameters} changed`);
}

function sentenceOf({ ref: { path, def }, from, to }: ChangedValue): string {
  return def.hidden ? `${path}: changed, not shown` : `${path}: ${shown(from)} → ${shown(to)}`;
}

/** Of a URL only scheme, host and port: the rest may be secret. */
function shown(value: string): string {
  const characters = [...maskUrls(value).replace(URL_PATH, "$1/…")];
  const text = characters.slice(0, MAX_VALUE_CHARACTERS).join("");
  return `"${text}${characters.length > MAX_VALUE_CHARACTERS ? "…" : ""}"`;
}

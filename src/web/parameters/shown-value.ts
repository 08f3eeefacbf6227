import type { LocalControl, ParameterView } from "../../agent/local/local-control.ts";
import { MASK, maskUrls } from "../../cwmp/mask.ts";

/** Values as a page may show them, by path: a secret as eight asterisks, or empty when it is known not to be set. */
export async function shownValues(
  parameters: readonly ParameterView[],
  local: LocalControl,
): Promise<ReadonlyMap<string, string>> {
  const secretKeys = parameters.flatMap(({ hidden, keys }) => (hidden ? keys : []));
  const secrets = secretKeys.length === 0 ? new Map<string, string>() : await local.readSettings(secretKeys);
  const shown = ({ hidden, keys, value }: ParameterView): string => {
    if (!hidden) return maskUrls(value);
    const known = keys.length > 0;
    return known && keys.every((key) => (secrets.get(key) ?? "").trim() === "") ? "" : MASK;
  };
  return new Map(parameters.map((parameter) => [parameter.path, shown(parameter)]));
}

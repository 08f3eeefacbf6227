import { inFileOrder } from "../model/key-order.ts";
import type { BackendKey, FactorySettings } from "../ports/backend.ts";
import type { Config } from "./load-config.ts";
import { leafRows } from "./option-table.ts";

/**
 * The settings of the page Settings > TR069 as keys of the phone's own file. Only those that the file or the
 * environment sets: a default must not change what the phone has.
 */
export function settingsKeys(config: Config): ReadonlyMap<BackendKey, string> {
  const keys = new Map<BackendKey, string>();
  for (const { path, phoneKey } of phoneRows(config)) {
    if (!config.stated.has(path)) continue;
    keys.set(phoneKey, phoneText(valueAt(config, path)));
  }
  return keys;
}

/**
 * The factory values of the data model, overlaid with the settings: a reset phone still finds its ACS. The
 * page's settings that have no parameter (Enable TR069, CPE URL) are among them. In the order of the phone's file.
 */
export function overlayFactory(factory: ReadonlyMap<BackendKey, string>, config: Config): FactorySettings {
  const page = phoneRows(config).flatMap(({ path, phoneKey }) =>
    factory.has(phoneKey) ? [] : [[phoneKey, phoneText(valueAt(config, path))] as const],
  );
  const values = new Map([...page, ...factory, ...settingsKeys(config)]);
  return new Map(inFileOrder(values.keys()).map((key) => [key, values.get(key) ?? ""]));
}

/** The options that the phone's own file has as well. */
function phoneRows(config: Config): readonly { readonly path: string; readonly phoneKey: BackendKey }[] {
  return leafRows().flatMap(({ path, phoneKey, withExtension }) => {
    const absent = withExtension !== undefined && valueAt(config, `extensions.${withExtension}`) !== true;
    return phoneKey === undefined || absent ? [] : [{ path, phoneKey }];
  });
}

/** The value of an option by its path; undefined where the backend has no such option. */
export function valueAt(config: Config, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (group, key) => (typeof group === "object" && group !== null ? Reflect.get(group, key) : undefined),
      config,
    );
}

/** The phone's file writes switches as 1 and 0. */
function phoneText(value: unknown): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
}

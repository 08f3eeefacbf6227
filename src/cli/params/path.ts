import { CwmpFault } from "../../cwmp/errors.ts";
import type { Layout } from "../../parameters/layout.ts";
import { nearest } from "../../system/nearest.ts";
import { UsageError } from "../io.ts";

/** The path if it exists. Throws a UsageError that suggests the most similar path. */
export function checkedPath(layout: Layout, path: string): string {
  try {
    layout.find(path);
    return path;
  } catch (error) {
    if (!(error instanceof CwmpFault)) throw error;
    const near = nearName(
      layout.names("", false).map(({ name }) => name),
      path,
    );
    const advice = near === null ? "`akuvox-cpe params` lists them all" : `did you mean ${near}?`;
    throw new UsageError(`no parameter or object has the path ${path}; ${advice}`);
  }
}

/** The most similar parameter or object: first with a missing dot, then with a missing beginning, then with a typo. */
export function nearName(names: readonly string[], path: string): string | null {
  const endings = [`${path}.`, path].map((text) => text.toLowerCase());
  const exact = names.find((name) => endings.includes(name.toLowerCase()));
  const tail = names.find((name) => endings.some((ending) => name.toLowerCase().endsWith(`.${ending}`)));
  return exact ?? tail ?? nearest(path, names);
}

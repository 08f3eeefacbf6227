import { CwmpFault } from "../../cwmp/errors.ts";
import type { Layout } from "../../parameters/layout.ts";
import { nearest } from "../../system/nearest.ts";
import { UsageError } from "../io.ts";

/** The path when the tree has it. Throws a UsageError that names the path that was probably meant. */
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

/** The parameter or object that was probably meant: a forgotten dot, then a forgotten beginning, then a slip of the finger. */
export function nearName(names: readonly string[], path: string): string | null {
  const endings = [`${path}.`, path].map((text) => text.toLowerCase());
  const exact = names.find((name) => endings.includes(name.toLowerCase()));
  const tail = names.find((name) => endings.some((ending) => name.toLowerCase().endsWith(`.${ending}`)));
  return exact ?? tail ?? nearest(path, names);
}

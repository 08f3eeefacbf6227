import type { Finding } from "../cwmp/findings.ts";
import type { ModelFile } from "./model-file.ts";
import type { Declaration } from "./shared-keys.ts";
import type { AliasNode, ModelFact, ObjectNode, ParameterDef, TableNode } from "./types.ts";

/** A table on the way from the root to an object. */
export type EnclosingTable = Pick<TableNode, "name" | "rows">;

/** Where in the data model a declaration stands, and in which file. */
export interface Scope {
  readonly file: ModelFile;
  /** The object's template, with its dot. */
  readonly object: string;
  /** Outermost first. */
  readonly tables: readonly EnclosingTable[];
  readonly standard: string | null;
  /** What is confirmed of the parameters that do not say so themselves. */
  readonly confirmed: readonly ModelFact[];
}

/** An object under construction. */
export interface DraftObject {
  readonly node: ObjectNode & { readonly children: (ObjectNode | TableNode | AliasNode | ParameterDef)[] };
  readonly tables: readonly EnclosingTable[];
  readonly standard: string | null;
  readonly confirmed: readonly ModelFact[];
}

/** What has been declared so far. Lives as long as one compilation. */
export interface Draft {
  readonly findings: Finding[];
  /** By template without the last dot; a declaration with mistakes is here as well, so that nobody calls it unknown. */
  readonly declared: Set<string>;
  readonly objects: Map<string, DraftObject>;
  /** By template. */
  readonly tables: Map<string, TableNode>;
  /** Templates of second places for a table. */
  readonly aliases: Set<string>;
  readonly parameters: Map<string, ParameterDef>;
  /** Of the parameters, by template. */
  readonly declarations: Map<string, Declaration>;
  /** Templates of parameters by which tables are ranked. */
  readonly ranked: string[];
  /** Checks that need the whole data model. */
  readonly later: (() => void)[];
}

/** The part of a path template that holds its instance numbers: the row in which the rest stands. */
export function rowOf(template: string): string {
  const last = template.lastIndexOf("{i}");
  return last === -1 ? "" : template.slice(0, last + "{i}".length);
}

/** `Device.…` as it stands; anything else is counted from the object. */
export function resolvePath(scope: Scope, text: string): string {
  return text.startsWith("Device.") ? text : scope.object + text;
}

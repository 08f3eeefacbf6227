import { MAX_PATH } from "../cwmp/types.ts";
import type { FindingCode } from "./finding-codes.ts";
import { Fields } from "./model-file.ts";
import type { Draft, DraftObject, Scope } from "./scope.ts";
import type { SourceNode } from "./source.ts";
import type { ModelNode, TableNode } from "./types.ts";

const ALIAS_FIELDS = ["of", "description"];

/**
 * Reads an alias: a second path of a table. The table may be declared later, or in another file: it is looked up after
 * all have been read.
 */
export function readAlias(draft: Draft, scope: Scope, parent: DraftObject, name: string, value: SourceNode): void {
  const fields = Fields.read(scope.file, value, name, ALIAS_FIELDS);
  if (fields === null) return;
  const template = `${scope.object}${name}.`;
  const description = fields.required("description") ?? "";
  const of = fields.required("of");
  draft.aliases.add(template);
  if (of === null) return;
  draft.later.push(() => {
    const table = draft.tables.get(of);
    const mistake = table === undefined ? unknown(of) : mistakeOf(template, of, table);
    if (mistake !== null) scope.file.report(fields.at("of"), mistake.code, mistake.message);
    else if (table !== undefined) parent.node.children.push({ kind: "alias", name, template, description, of: table });
  });
}

interface Mistake {
  readonly code: FindingCode;
  readonly message: string;
}

function unknown(of: string): Mistake {
  return { code: "UNKNOWN_TABLE", message: `of: no file declares the table ${of}; write it with its last dot` };
}

function mistakeOf(template: string, of: string, table: TableNode): Mistake | null {
  if (template.includes("{i}") || of.includes("{i}")) {
    return {
      code: "WRONG_VALUE",
      message: "an alias, and the table that it shows, cannot stand in a row of another table",
    };
  }
  if (template.startsWith(of) || holdsAlias(table)) {
    return { code: "WRONG_VALUE", message: `an alias of ${of} cannot hold itself or another alias` };
  }
  if (longestTemplate(table) - of.length + template.length > MAX_PATH) {
    return { code: "PATH_TOO_LONG", message: `a path below the alias has more than ${MAX_PATH} characters` };
  }
  return null;
}

function childrenOf(node: ModelNode): readonly ModelNode[] {
  if (node.kind === "table") return [node.row];
  return node.kind === "object" ? node.children : [];
}

function holdsAlias(node: ModelNode): boolean {
  return node.kind === "alias" || childrenOf(node).some(holdsAlias);
}

function longestTemplate(node: ModelNode): number {
  return Math.max(node.template.length, ...childrenOf(node).map(longestTemplate));
}

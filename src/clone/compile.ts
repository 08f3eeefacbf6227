import type { DataModel, ListedRow, ModelNode, ObjectNode, ParameterDef, TableNode } from "../model/types.ts";
import type { DumpNode, DumpObject, DumpParameter } from "./dump.ts";
import { type CloneContext, parameterOf } from "./parameter.ts";
import { rowTemplate } from "./row-template.ts";

/** Rows that can be added to a table: a dump has no maximum. */
export const ADDED_ROWS = 256;
const ENTRIES = "NumberOfEntries";

/**
 * The data model of a dump: each row of a table is an object of its own, and added rows have the parameters of all of
 * them.
 */
export function compileDump(name: string, dump: DumpObject, context: CloneContext): DataModel {
  const compiler = new Compiler(`${name}.`, context);
  const root = compiler.object(name, `${name}.`, dump);
  return Object.freeze({ root, parameters: compiler.parameters, rules: [], ranked: [] });
}

const NO_WORDS = "";

class Compiler {
  readonly parameters: ParameterDef[] = [];
  readonly #root: string;
  readonly #context: CloneContext;

  constructor(root: string, context: CloneContext) {
    this.#root = root;
    this.#context = context;
  }

  object(name: string, template: string, { children }: DumpObject): ObjectNode {
    const nodes = [...children];
    const counted = countedTables(children);
    const parameters = nodes.flatMap(([child, node]) => (node.kind === "parameter" ? [{ child, node }] : []));
    const objects = nodes.flatMap(([child, node]) => (node.kind === "object" ? [{ child, node }] : []));
    const below: ModelNode[] = parameters.map(({ child, node }) => this.#parameter(child, template, node, counted));
    for (const { child, node } of objects) {
      const place = `${template}${child}.`;
      below.push(isTable(node) ? this.#table(child, place, node) : this.object(child, place, node));
    }
    return { kind: "object", name, template, description: NO_WORDS, children: below };
  }

  #parameter(name: string, parent: string, node: DumpParameter, counted: ReadonlyMap<string, string>): ParameterDef {
    const template = parent + name;
    const ownName = template.slice(this.#root.length);
    const table = counted.get(name);
    const counts = table === undefined ? null : `${parent}${table}.`;
    const def = parameterOf({ name, template, ownName, counts }, node, this.#context);
    this.parameters.push(def);
    return def;
  }

  #table(name: string, template: string, node: DumpObject): TableNode {
    const rows = new Map<number, ListedRow>();
    for (const [row, child] of node.children) {
      if (child.kind === "parameter" || !isNumber(row)) {
        if (row !== "{i}") this.#notARow(`${template}${row}`, child.at);
        continue;
      }
      const deletable = child.writable === true;
      rows.set(Number(row), { node: this.object(row, `${template}${row}.`, child), deletable });
    }
    const row = this.object("{i}", `${template}{i}.`, rowTemplate(node));
    const creatable = node.writable === true;
    const max = Math.max(
      rows.size,
      Math.min(rows.size + ADDED_ROWS, node.table?.maxEntries ?? Number.POSITIVE_INFINITY),
    );
    const listed = { kind: "listed" as const, rows, max };
    return { kind: "table", name, template, description: NO_WORDS, rows: listed, creatable, row };
  }

  #notARow(path: string, at: number): void {
    this.#context.findings.add(at, "NOT_A_ROW", `${path} stands among the rows of a table: it is ignored`);
  }
}

/**
 * Tables by the name of the parameter that counts their rows: the one named in the dump, otherwise `…NumberOfEntries`.
 */
function countedTables(siblings: ReadonlyMap<string, DumpNode>): ReadonlyMap<string, string> {
  return new Map(
    [...siblings].flatMap(([name, node]): readonly (readonly [string, string])[] =>
      node.kind === "object" && isTable(node) ? [[node.table?.counter ?? `${name}${ENTRIES}`, name]] : [],
    ),
  );
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

/** An object that accepts AddObject is a table even without rows. */
export function isTable({ children, writable }: DumpObject): boolean {
  if (children.size === 0) return writable === true;
  for (const name of children.keys()) if (isNumber(name) || name === "{i}") return true;
  return false;
}

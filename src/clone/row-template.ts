import type { DumpNode, DumpObject } from "./dump.ts";

const ROW = /^(?:\d+|\{i\})$/;

/**
 * The template of an added row: it has the parameters of all rows in the dump, without their values; with the dump's
 * values for new rows, if given.
 */
export function rowTemplate(table: DumpObject): DumpObject {
  return mergedObject(
    [...table.children].flatMap(([name, row]) => (ROW.test(name) && row.kind === "object" ? [row] : [])),
  );
}

function mergedObject(objects: readonly DumpObject[]): DumpObject {
  const byName = new Map<string, DumpNode[]>();
  for (const { children } of objects) {
    for (const [name, node] of children) {
      const own = ROW.test(name) ? "{i}" : name;
      const known = byName.get(own);
      if (known === undefined) byName.set(own, [node]);
      else known.push(node);
    }
  }
  const children = new Map([...byName].map(([name, nodes]) => [name, merged(nodes)]));
  const writable = objects.some((object) => object.writable === true);
  const table = objects.find((object) => object.table !== undefined)?.table;
  return { kind: "object", at: objects[0]?.at ?? 0, writable, children, ...(table === undefined ? {} : { table }) };
}

function merged(nodes: readonly DumpNode[]): DumpNode {
  const objects = nodes.filter((node) => node.kind === "object");
  const [first] = nodes;
  if (first === undefined || first.kind === "object") return mergedObject(objects);
  const parameters = nodes.filter((node) => node.kind === "parameter");
  const type = parameters.find((node) => node.type !== null)?.type ?? null;
  return {
    ...first,
    writable: parameters.some(({ writable }) => writable === true),
    type,
    value: first.addedValue ?? null,
  };
}

import type { DataModel } from "../model/types.ts";
import { factoryRows } from "./factory-rows.ts";
import { createLayout, type Layout, type TableRow, type TableRows } from "./layout.ts";

/** Layouts by their set of instances, shared by the agents of a process: thousands of like phones hold one tree. */
export interface Layouts {
  readonly model: DataModel;
  readonly accounts: number;
  readonly factory: Layout;
  /** @param known the layout that a phone has had: what it shares with the new one is not made again */
  of(rows: TableRows, known?: Layout): Layout;
}

/**
 * A layout is shared for as long as a phone has it, and goes with its last phone: an instance number is never used again,
 * so that neither is a set of instances that has been left.
 */
export function createLayouts(
  model: DataModel,
  options: { readonly accounts: number; readonly accountsFixed: boolean },
): Layouts {
  const creatable = !options.accountsFixed;
  const shared = new Map<string, WeakRef<Layout>>();
  const collected = new FinalizationRegistry<string>((signature) => {
    if (shared.get(signature)?.deref() === undefined) shared.delete(signature);
  });
  const factory = createLayout(model, factoryRows(model, options.accounts), { creatable });
  const of = (rows: TableRows, known: Layout = factory): Layout => {
    const signature = signatureOf(rows, factory.rows);
    if (signature === "") return factory;
    const layout = shared.get(signature)?.deref() ?? createLayout(model, rows, { creatable, known });
    if (shared.get(signature)?.deref() === layout) return layout;
    shared.set(signature, new WeakRef(layout));
    collected.register(layout, signature);
    return layout;
  };
  return { model, accounts: options.accounts, factory, of };
}

/** Which rows there are, in tables that have others than at factory state. */
function signatureOf(rows: TableRows, factory: TableRows): string {
  const changed = [...rows].flatMap(([table, list]) => {
    const usual = factory.get(table);
    if (list === usual) return [];
    const text = rowsText(list);
    return usual !== undefined && text === rowsText(usual) ? [] : [`${table} ${text}`];
  });
  const gone = [...factory.keys()].filter((table) => !rows.has(table));
  return [...changed, ...gone].sort().join("\n");
}

function rowsText(rows: readonly TableRow[]): string {
  return rows.map(({ instance, slot }) => `${instance}/${slot}`).join(",");
}

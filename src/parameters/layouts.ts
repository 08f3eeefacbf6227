import type { DataModel } from "../model/types.ts";
import { factoryRows } from "./factory-rows.ts";
import { createLayout, type Layout, type TableRows } from "./layout.ts";

/** Layouts by their set of instances, shared by the agents of a process: thousands of like phones hold one tree. */
export interface Layouts {
  readonly model: DataModel;
  readonly accounts: number;
  readonly factory: Layout;
  of(rows: TableRows): Layout;
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
  const of = (rows: TableRows): Layout => {
    const signature = signatureOf(rows);
    const known = shared.get(signature)?.deref();
    if (known !== undefined) return known;
    const layout = createLayout(model, rows, { creatable });
    shared.set(signature, new WeakRef(layout));
    collected.register(layout, signature);
    return layout;
  };
  return { model, accounts: options.accounts, factory: of(factoryRows(model, options.accounts)), of };
}

function signatureOf(rows: TableRows): string {
  return JSON.stringify([...rows].map(([table, list]) => [table, list.map(({ instance, slot }) => [instance, slot])]));
}

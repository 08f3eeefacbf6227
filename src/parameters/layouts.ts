import type { DataModel } from "../model/types.ts";
import { createLayout, factoryRows, type Layout, type TableRows } from "./layout.ts";

/** Layouts by their set of instances, shared by the agents of a process: thousands of like phones hold one tree. */
export interface Layouts {
  readonly model: DataModel;
  readonly accounts: number;
  readonly factory: Layout;
  of(rows: TableRows): Layout;
}

/** Sets of instances kept at once; a rarer one is expanded again when it is asked for. */
const KEPT_LAYOUTS = 64;

export function createLayouts(
  model: DataModel,
  options: { readonly accounts: number; readonly accountsFixed: boolean },
): Layouts {
  const creatable = !options.accountsFixed;
  const kept = new Map<string, Layout>();
  const of = (rows: TableRows): Layout => {
    const signature = signatureOf(rows);
    const known = kept.get(signature);
    if (known !== undefined) return known;
    const layout = createLayout(model, rows, { creatable });
    const oldest = kept.size < KEPT_LAYOUTS ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(signature, layout);
    return layout;
  };
  return { model, accounts: options.accounts, factory: of(factoryRows(model, options.accounts)), of };
}

function signatureOf(rows: TableRows): string {
  return JSON.stringify([...rows].map(([table, list]) => [table, list.map(({ instance, slot }) => [instance, slot])]));
}

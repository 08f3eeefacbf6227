import { CwmpFault } from "../cwmp/errors.ts";
import type { BackendKey } from "../ports/backend.ts";
import { type Layout, type ParameterRef, rowOf, type TableInfo, type TableRow, type TableRows } from "./layout.ts";
import { listedRow } from "./layout-tree.ts";
import { fileForm, type Plan } from "./plan.ts";
import type { ParametersState } from "./state.ts";

/**
 * AddObject (C-163 to C-167): the next instance number, in the lowest free slot, with the object defaults.
 * CwmpFault 9005 for a path that is no creatable table, 9004 when the table is full.
 */
export function planAddObject(
  path: string,
  accounts: number,
  layout: Layout,
  state: ParametersState,
  layoutOf: (rows: TableRows) => Layout,
): Plan & { readonly instance: number } {
  const table = layout.table(path);
  if (table === undefined || !table.creatable) throw new CwmpFault(9005, `${path} is not a table that can be added to`);
  const rows = layout.rows.get(table.canonical) ?? [];
  const taken = new Set(rows.map((row) => row.slot));
  const capacity = "max" in table.node.rows ? table.node.rows.max : accounts;
  const slot = Array.from({ length: capacity }, (_, at) => at + 1).find((candidate) => !taken.has(candidate));
  if (slot === undefined) throw new CwmpFault(9004, `${path} holds at most ${capacity}`);
  const instance = nextInstance(table.canonical, rows, state);
  const changed = [...rows, { instance, slot }];
  const next = withTable(state, table.canonical, { next: instance + 1, rows: changed });
  const after = layoutOf(new Map(layout.rows).set(table.canonical, changed));
  const added = after.find(`${table.canonical}${instance}.`);
  return { ...defaultsOf(added, next), instance };
}

/** DeleteObject (C-163, C-168): the slot is cleared, and what refers to the row. CwmpFault 9005 for a path that is no deletable instance. */
export function planDeleteObject(path: string, layout: Layout, state: ParametersState): Plan {
  const { table, instance } = deletableRow(path, layout);
  const { canonical } = table;
  const row = `${canonical}${instance}.`;
  const rows = layout.rows.get(canonical) ?? [];
  const next = withTable(state, canonical, {
    next: nextInstance(canonical, rows, state),
    rows: rows.filter((known) => known.instance !== instance),
  });
  const { keys, state: cleared, paths } = defaultsOf(layout.find(row), next);
  const references = referencesTo(row, layout, state);
  const stored = withoutThese(notBelow(cleared.stored, row), references);
  return {
    keys,
    state: { ...cleared, stored, tables: notBelow(cleared.tables, row) },
    paths: new Set([...paths, ...references]),
  };
}

function deletableRow(path: string, layout: Layout): { readonly table: TableInfo; readonly instance: number } {
  const row = rowOf(path);
  const table = row === null ? undefined : layout.table(row.table);
  const rows = table === undefined ? undefined : layout.rows.get(table.canonical);
  const exists = rows?.some(({ instance }) => instance === row?.instance);
  const deletable =
    table === undefined || row === null ? false : (listedRow(table.node, row.instance)?.deletable ?? table.creatable);
  if (row === null || table === undefined || deletable !== true || exists !== true) {
    throw new CwmpFault(9005, `${path} is not an instance that can be deleted`);
  }
  return { table, instance: row.instance };
}

function nextInstance(path: string, rows: readonly TableRow[], state: ParametersState): number {
  return state.tables[path]?.next ?? Math.max(0, ...rows.map((row) => row.instance)) + 1;
}

function withTable(state: ParametersState, path: string, table: ParametersState["tables"][string]): ParametersState {
  return { ...state, tables: { ...state.tables, [path]: table } };
}

/** Sets every setting below a row to its object default and drops the agent's stored values of it. */
function defaultsOf(refs: readonly ParameterRef[], state: ParametersState): Plan {
  const keys = new Map<BackendKey, string>();
  for (const ref of refs) {
    const { source } = ref.def;
    if (source.kind !== "config" || !ref.def.writable) continue;
    const texts = source.encoding.encode(ref.initial, ref.configKeys.length);
    for (const [at, key] of ref.configKeys.entries()) keys.set(key, fileForm(texts[at] ?? ""));
  }
  const paths = new Set(refs.map((ref) => ref.canonical));
  return {
    keys,
    state: { ...state, exact: withoutThese(state.exact, paths), lastGood: withoutThese(state.lastGood, paths) },
    paths,
  };
}

/** Parameters that name the row: a strong reference is empty once its row has gone (C-269). */
function referencesTo(row: string, layout: Layout, { stored }: ParametersState): ReadonlySet<string> {
  const naming = Object.keys(stored).filter((path) => `${stored[path]}.` === row);
  return new Set(naming.filter((path) => (layout.get(path)?.def.reference ?? null) !== null));
}

/** Everything that is not below a row. */
function notBelow<T>(items: Readonly<Record<string, T>>, row: string): Record<string, T> {
  return Object.fromEntries(Object.entries(items).filter(([path]) => !path.startsWith(row)));
}

function withoutThese<T>(items: Readonly<Record<string, T>>, paths: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(items).filter(([path]) => !paths.has(path)));
}

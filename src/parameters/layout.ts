import { CwmpFault } from "../cwmp/errors.ts";
import { isPartialPath, parentPath } from "../cwmp/paths.ts";
import type { DataModel, ModelNode } from "../model/types.ts";
import type { BackendKey } from "../ports/backend.ts";
import { KeyIndex } from "./key-index.ts";
import { type Entry, TreeBuilder } from "./layout-tree.ts";
import type { NameInfo, ParameterRef, TableInfo, TableRows } from "./layout-types.ts";

export type { NameInfo, ParameterRef, TableInfo, TableRow, TableRows } from "./layout-types.ts";

/**
 * The tree of one set of instances, expanded once and shared by every agent that has the same instances. Depth-first,
 * in the order of the data model, so that answers are stable. Parts that cost work per parameter (`refs`, the first
 * `byKey`) are made on first use.
 */
export interface Layout {
  readonly model: DataModel;
  readonly rows: TableRows;
  /** All of them. */
  readonly refs: readonly ParameterRef[];
  /** How many there are. */
  readonly size: number;
  /** In every Inform, each under its canonical path. */
  readonly forcedInform: readonly ParameterRef[];
  /** With active notification unless the ACS says otherwise. */
  readonly forcedNotification: readonly ParameterRef[];
  /** Full name → that parameter; partial path or `""` → everything below. CwmpFault 9005 when there is no such path. */
  find(path: string): readonly ParameterRef[];
  get(path: string): ParameterRef | undefined;
  /** GetParameterNames (C-143 to C-150). CwmpFault 9005, or 9003 for a full name with NextLevel. */
  names(path: string, nextLevel: boolean): readonly NameInfo[];
  /** The table with this path, or undefined. */
  table(path: string): TableInfo | undefined;
  rowCount(path: string): number;
  /** The parameters that count the rows of this table, by its canonical path. */
  countersOf(table: string): readonly ParameterRef[];
  /** Every parameter that a key of the phone is part of, under its canonical path. */
  byKey(key: BackendKey): readonly ParameterRef[];
  /** Whether this is the path of a row, with its last dot. */
  hasRow(path: string): boolean;
  /** Every path under which a parameter is seen, by its canonical one. */
  pathsOf(canonical: string): readonly string[];
}

/** @param known one of the same data model: what has the same instances is shared with it, and only the rest is made */
export function createLayout(
  model: DataModel,
  rows: TableRows,
  { creatable, known = null }: { readonly creatable: boolean; readonly known?: Layout | null },
): Layout {
  const before = known instanceof ModelLayout ? known : null;
  const builder = new TreeBuilder(rows, creatable, before);
  const layout = new ModelLayout(model, rows, builder.build(model.root));
  if (before !== null) layout.keys.startFrom(before.keys, builder.created);
  return layout;
}

class ModelLayout implements Layout {
  readonly model: DataModel;
  readonly rows: TableRows;
  readonly root: Entry;
  readonly keys: KeyIndex;
  #refs: readonly ParameterRef[] | null = null;
  #aliases: ReadonlyMap<string, readonly string[]> | null = null;
  /** A cache of lookups: the ACS requests the same names again and again. */
  readonly #found = new Map<string, Entry>();

  constructor(model: DataModel, rows: TableRows, root: Entry) {
    this.model = model;
    this.rows = rows;
    this.root = root;
    this.keys = new KeyIndex(
      () => this.refs.filter(({ path, canonical }) => path === canonical),
      (ref) => this.get(ref.path) === ref,
    );
  }

  get refs(): readonly ParameterRef[] {
    this.#refs ??= refsBelow(this.root);
    return this.#refs;
  }

  get size(): number {
    return this.root.parameters;
  }

  get forcedInform(): readonly ParameterRef[] {
    return this.root.forcedInform;
  }

  get forcedNotification(): readonly ParameterRef[] {
    return this.root.forcedNotification;
  }

  find(path: string): readonly ParameterRef[] {
    const entry = this.#existing(path);
    return entry === this.root ? this.refs : refsBelow(entry);
  }

  get(path: string): ParameterRef | undefined {
    return this.#entry(path)?.ref ?? undefined;
  }

  names(path: string, nextLevel: boolean): readonly NameInfo[] {
    const entry = this.#existing(path);
    if (!nextLevel) return entriesFrom(entry);
    if (path === "") return [entry];
    if (entry.ref !== null) throw new CwmpFault(9003, `NextLevel with the full parameter name ${path}`);
    return [...entry.children.values()];
  }

  table(path: string): TableInfo | undefined {
    return this.#entry(path)?.table ?? undefined;
  }

  rowCount(path: string): number {
    return this.#entry(path)?.children.size ?? 0;
  }

  countersOf(table: string): readonly ParameterRef[] {
    const siblings = this.#entry(parentPath(table))?.children ?? NO_ENTRIES;
    return [...siblings.values()].flatMap(({ ref }) => (ref?.countedTable === table ? [ref] : []));
  }

  byKey(key: BackendKey): readonly ParameterRef[] {
    return this.keys.get(key);
  }

  hasRow(path: string): boolean {
    return rowOf(path) !== null && this.#entry(path) !== undefined;
  }

  pathsOf(canonical: string): readonly string[] {
    if (!this.root.hasAlias) return [canonical];
    this.#aliases ??= indexAliases(this.refs);
    return [canonical, ...(this.#aliases.get(canonical) ?? [])];
  }

  #existing(path: string): Entry {
    const entry = path === "" ? this.root : this.#entry(path);
    if (entry === undefined) throw new CwmpFault(9005, path);
    return entry;
  }

  #entry(path: string): Entry | undefined {
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    const entry = this.#search(path);
    if (entry !== undefined) this.#found.set(path, entry);
    return entry;
  }

  /** Down the tree, name by name. An object has a dot at the end of its path, and a parameter has none. */
  #search(path: string): Entry | undefined {
    const top = this.root.name;
    if (!path.startsWith(top)) return undefined;
    let entry: Entry | undefined = this.root;
    for (let start = top.length; start < path.length && entry !== undefined; ) {
      const dot = path.indexOf(".", start);
      const end = dot === -1 ? path.length : dot;
      entry = entry.children.get(path.slice(start, end));
      start = end + 1;
    }
    return entry?.name === path ? entry : undefined;
  }
}

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map();

function refsBelow(entry: Entry): readonly ParameterRef[] {
  const refs: ParameterRef[] = [];
  const visit = ({ ref, children }: Entry): void => {
    if (ref !== null) refs.push(ref);
    else for (const child of children.values()) visit(child);
  };
  visit(entry);
  return refs;
}

function entriesFrom(entry: Entry): readonly Entry[] {
  const entries: Entry[] = [];
  const visit = (one: Entry): void => {
    entries.push(one);
    for (const child of one.children.values()) visit(child);
  };
  visit(entry);
  return entries;
}

function indexAliases(refs: readonly ParameterRef[]): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const { path, canonical } of refs) {
    if (path !== canonical) aliases.set(canonical, [...(aliases.get(canonical) ?? []), path]);
  }
  return aliases;
}

export function childPath(path: string, child: ModelNode): string {
  return child.kind === "parameter" ? `${path}${child.name}` : `${path}${child.name}.`;
}

/** The path of the row that a row's sub-path belongs to: `….VoiceProfile.2.` for `….VoiceProfile.2.`; null for others. */
export function rowOf(path: string): { readonly table: string; readonly instance: number } | null {
  const match = isPartialPath(path) ? /^(.*\.)(\d+)\.$/.exec(path) : null;
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const table = parentPath(path);
  return { table, instance: Number(match[2]) };
}

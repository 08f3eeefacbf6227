import { CwmpFault } from "../cwmp/errors.ts";
import { isPartialPath, parentPath } from "../cwmp/paths.ts";
import { expandKey, instantiate } from "../model/key-template.ts";
import type { DataModel, ListedRow, ModelNode, ObjectNode, ParameterDef, TableNode } from "../model/types.ts";
import type { BackendKey } from "../ports/backend.ts";

/** A row of a table: its instance number, and its place in the phone's file (for an account: the account slot). */
export interface TableRow {
  readonly instance: number;
  readonly slot: number;
}

/** The rows of every table whose rows can come and go, by table path. */
export type TableRows = ReadonlyMap<string, readonly TableRow[]>;

/** One parameter of one phone, with everything about it that does not depend on its value. */
export interface ParameterRef {
  readonly path: string;
  /** The path under which its value and settings are kept: another one than `path` below an alias of the data model. */
  readonly canonical: string;
  readonly def: ParameterDef;
  /** Instance numbers along the path, outermost first. */
  readonly instances: readonly number[];
  /** Expanded keys of a `config` source, else empty. */
  readonly configKeys: readonly BackendKey[];
  readonly liveKey: BackendKey | null;
  readonly actionKey: BackendKey | null;
  /** Factory value, or the constant. */
  readonly initial: string;
  /** For an `entries` source: the path of the table that it counts. */
  readonly countedTable: string | null;
}

export interface NameInfo {
  readonly name: string;
  readonly writable: boolean;
}

export interface TableInfo {
  readonly path: string;
  /** The path under which its rows are kept: another one than `path` below an alias. */
  readonly canonical: string;
  readonly node: TableNode;
  readonly creatable: boolean;
}

interface Entry extends NameInfo {
  readonly ref: ParameterRef | null;
  readonly table: TableInfo | null;
  /** Index after the last entry of the sub-tree that starts here. */
  end: number;
}

/**
 * The tree of one set of instances, expanded once and shared by every agent that has the same instances. Depth-first,
 * in the order of the data model, so that answers are stable.
 */
export interface Layout {
  readonly model: DataModel;
  readonly rows: TableRows;
  readonly refs: readonly ParameterRef[];
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
  /** Every parameter that a key of the phone is part of, under its canonical path. */
  byKey(key: BackendKey): readonly ParameterRef[];
  /** Whether this is the path of a row, with its last dot. */
  hasRow(path: string): boolean;
  /** Every path under which a parameter is seen, by its canonical one. */
  pathsOf(canonical: string): readonly string[];
}

export function createLayout(model: DataModel, rows: TableRows, options: { readonly creatable: boolean }): Layout {
  const entries = new LayoutBuilder(rows, options.creatable).build(model.root);
  const index = new Map(entries.map((entry, position) => [entry.name, position]));
  const refs = entries.flatMap((entry) => (entry.ref === null ? [] : [entry.ref]));
  const byKey = indexByKey(refs.filter(({ path, canonical }) => path === canonical));
  const aliases = indexAliases(refs);

  const entryAt = (path: string): { readonly entry: Entry; readonly position: number } => {
    const position = index.get(path === "" ? model.root.template : path);
    const entry = position === undefined ? undefined : entries[position];
    if (position === undefined || entry === undefined) throw new CwmpFault(9005, path);
    return { entry, position };
  };

  return {
    model,
    rows,
    refs,
    forcedInform: refs.filter(({ def, path, canonical }) => def.forcedInform && path === canonical),
    forcedNotification: refs.filter(hasForcedNotification),
    find(path) {
      const { entry, position } = entryAt(path);
      if (entry.ref !== null) return [entry.ref];
      const found: ParameterRef[] = [];
      for (let at = position + 1; at < entry.end; at++) {
        const ref = entries[at]?.ref;
        if (ref) found.push(ref);
      }
      return found;
    },
    get(path) {
      const position = index.get(path);
      return position === undefined ? undefined : (entries[position]?.ref ?? undefined);
    },
    names(path, nextLevel) {
      const { entry, position } = entryAt(path);
      if (!nextLevel) return entries.slice(position, entry.end);
      if (path === "") return [entry];
      if (entry.ref !== null) throw new CwmpFault(9003, `NextLevel with the full parameter name ${path}`);
      return childrenOf(entries, position);
    },
    table(path) {
      const position = index.get(path);
      return position === undefined ? undefined : (entries[position]?.table ?? undefined);
    },
    rowCount: (path) => childrenOf(entries, index.get(path) ?? entries.length).length,
    byKey: (key) => byKey.get(key) ?? [],
    hasRow: (path) => rowOf(path) !== null && index.has(path),
    pathsOf: (canonical) => [canonical, ...(aliases.get(canonical) ?? [])],
  };
}

export function hasForcedNotification({ def }: ParameterRef): boolean {
  return def.notification === "forceEnabled" || def.notification === "forceDefaultEnabled";
}

export function childPath(path: string, child: ModelNode): string {
  return child.kind === "parameter" ? `${path}${child.name}` : `${path}${child.name}.`;
}

function childrenOf(entries: readonly Entry[], position: number): readonly Entry[] {
  const children: Entry[] = [];
  const end = entries[position]?.end ?? 0;
  for (let at = position + 1; at < end; ) {
    const child = entries[at];
    if (child === undefined) break;
    children.push(child);
    at = child.end;
  }
  return children;
}

function indexByKey(refs: readonly ParameterRef[]): ReadonlyMap<BackendKey, readonly ParameterRef[]> {
  const byKey = new Map<BackendKey, ParameterRef[]>();
  for (const ref of refs) {
    for (const key of ref.liveKey === null ? ref.configKeys : [...ref.configKeys, ref.liveKey]) {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [ref]);
      else known.push(ref);
    }
  }
  return byKey;
}

function indexAliases(refs: readonly ParameterRef[]): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, string[]>();
  for (const { path, canonical } of refs) {
    if (path !== canonical) aliases.set(canonical, [...(aliases.get(canonical) ?? []), path]);
  }
  return aliases;
}

interface Place {
  readonly path: string;
  readonly instances: readonly number[];
  /** Table name → slot, for key templates. */
  readonly slots: ReadonlyMap<string, number>;
}

class LayoutBuilder {
  readonly #rows: TableRows;
  readonly #creatable: boolean;
  readonly #entries: Entry[] = [];

  constructor(rows: TableRows, creatable: boolean) {
    this.#rows = rows;
    this.#creatable = creatable;
  }

  build(root: ObjectNode): readonly Entry[] {
    this.#object(root, { path: root.template, instances: [], slots: new Map() }, false);
    return this.#entries;
  }

  #object(node: ObjectNode, place: Place, writable: boolean): void {
    const entry = this.#push({ name: place.path, writable, ref: null, table: null, end: 0 });
    for (const child of node.children) this.#child(child, { ...place, path: childPath(place.path, child) });
    entry.end = this.#entries.length;
  }

  #child(node: ModelNode, place: Place): void {
    if (node.kind === "object") this.#object(node, place, false);
    else if (node.kind === "table") this.#table(node, place);
    else if (node.kind === "alias") this.#table(node.of, place);
    else this.#parameter(node, place);
  }

  #table(node: TableNode, place: Place): void {
    const creatable = node.creatable && (node.rows.kind !== "accounts" || this.#creatable);
    const canonical = instantiate(node.template, place.instances);
    const table: TableInfo = { path: place.path, canonical, node, creatable };
    const entry = this.#push({ name: place.path, writable: creatable, ref: null, table, end: 0 });
    for (const row of this.#rowsOf(node, canonical)) {
      const listed = listedRow(node, row.instance);
      if (listed !== undefined) {
        this.#object(listed.node, { ...place, path: `${place.path}${row.instance}.` }, listed.deletable);
        continue;
      }
      const inRow: Place = {
        path: `${place.path}${row.instance}.`,
        instances: [...place.instances, row.instance],
        slots: new Map(place.slots).set(node.name, row.slot),
      };
      this.#object(node.row, inRow, creatable);
    }
    entry.end = this.#entries.length;
  }

  #rowsOf(node: TableNode, path: string): readonly TableRow[] {
    if (node.rows.kind !== "fixed") return this.#rows.get(path) ?? [];
    return Array.from({ length: node.rows.count }, (_, at) => ({ instance: at + 1, slot: at + 1 }));
  }

  #parameter(def: ParameterDef, place: Place): void {
    const ref = createRef(def, place);
    this.#push({ name: ref.path, writable: def.writable, ref, table: null, end: this.#entries.length + 1 });
  }

  #push(entry: Entry): Entry {
    this.#entries.push(entry);
    return entry;
  }
}

/** The row as the data model has it, where it names its rows. */
export function listedRow({ rows }: TableNode, instance: number): ListedRow | undefined {
  return rows.kind === "listed" ? rows.rows.get(instance) : undefined;
}

function createRef(def: ParameterDef, place: Place): ParameterRef {
  const { source } = def;
  const expand = (template: string | null): BackendKey | null =>
    template === null ? null : expandKey(template, place.slots);
  const row = place.instances.at(-1) ?? 1;
  return {
    path: place.path,
    canonical: instantiate(def.template, place.instances),
    def,
    instances: place.instances,
    configKeys:
      source.kind === "config"
        ? source.keys.map((key) => expandKey(instantiate(key, place.instances), place.slots))
        : [],
    liveKey: expand(liveTemplate(def)),
    actionKey: source.kind === "live" ? expand(source.action) : null,
    initial: perRow(source.kind === "constant" ? source.values : def.defaults, row),
    countedTable: source.kind === "entries" ? instantiate(source.table, place.instances) : null,
  };
}

function liveTemplate(def: ParameterDef): string | null {
  const { source } = def;
  if (source.kind === "live") return source.action === null ? source.key : null;
  if (source.kind === "config") return source.live;
  return source.kind === "agent" ? source.fallback : null;
}

/** One value for every row, or one for each row of the innermost table. */
function perRow(values: readonly string[], row: number): string {
  return (values.length === 1 ? values[0] : values[row - 1]) ?? values.at(-1) ?? "";
}

/** The path of the row that a row's sub-path belongs to: `….VoiceProfile.2.` for `….VoiceProfile.2.`; null for others. */
export function rowOf(path: string): { readonly table: string; readonly instance: number } | null {
  const match = isPartialPath(path) ? /^(.*\.)(\d+)\.$/.exec(path) : null;
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const table = parentPath(path);
  return { table, instance: Number(match[2]) };
}

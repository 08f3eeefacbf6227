import { expandKey, instantiate } from "../model/key-template.ts";
import type { ListedRow, ModelNode, ObjectNode, ParameterDef, TableNode } from "../model/types.ts";
import type { BackendKey } from "../ports/backend.ts";
import type { NameInfo, ParameterRef, TableInfo, TableRow, TableRows } from "./layout-types.ts";

/** An object, a table or a parameter of a layout. Layouts share those that are the same in both. */
export interface Entry extends NameInfo {
  readonly ref: ParameterRef | null;
  readonly table: TableInfo | null;
  /** By their own names, `DeviceInfo` or `3`, in the order of the data model and of the rows. */
  readonly children: ReadonlyMap<string, Entry>;
  /** How many parameters there are here and below. */
  readonly parameters: number;
  readonly forcedInform: readonly ParameterRef[];
  readonly forcedNotification: readonly ParameterRef[];
  /** Whether something is seen here, or below, under another path than its canonical one. */
  readonly hasAlias: boolean;
}

/** The previous tree, whose unchanged parts are reused. */
export interface KnownTree {
  readonly root: Entry;
  readonly rows: TableRows;
}

interface Place {
  readonly path: string;
  readonly canonical: string;
  readonly instances: readonly number[];
  /** Table name → slot, for key templates. */
  readonly slots: ReadonlyMap<string, number>;
}

/** The tree of a set of instances. Beside one that is known, the cost is that of what has changed and of the tables around it. */
export class TreeBuilder {
  /** Parameters that were not there before, under their canonical paths; of a first tree none, as all are. */
  readonly created: ParameterRef[] = [];
  readonly #rows: TableRows;
  readonly #creatable: boolean;
  readonly #known: KnownTree | null;
  /** Canonical paths of tables whose rows are others than before, and of what is above them. */
  readonly #touched: ReadonlySet<string>;

  constructor(rows: TableRows, creatable: boolean, known: KnownTree | null) {
    this.#rows = rows;
    this.#creatable = creatable;
    this.#known = known;
    this.#touched = known === null ? new Set() : touchedBetween(known.rows, rows);
  }

  build(root: ObjectNode): Entry {
    const place = { path: root.template, canonical: root.template, instances: [], slots: new Map() };
    return this.#object(root, place, false, this.#known?.root);
  }

  #object(node: ObjectNode, place: Place, writable: boolean, known: Entry | undefined): Entry {
    if (known !== undefined && !known.hasAlias && !this.#touched.has(place.canonical)) return known;
    const children = new Map<string, Entry>();
    for (const child of node.children)
      children.set(child.name, this.#child(child, place, known?.children.get(child.name)));
    return entryOf({ name: place.path, writable, table: null }, children, false);
  }

  #child(node: ModelNode, place: Place, known: Entry | undefined): Entry {
    if (node.kind === "parameter") return known ?? this.#parameter(node, place);
    const below = { ...place, path: `${place.path}${node.name}.`, canonical: `${place.canonical}${node.name}.` };
    if (node.kind === "object") return this.#object(node, below, false, known);
    const table = node.kind === "alias" ? node.of : node;
    return this.#table(table, { ...below, canonical: instantiate(table.template, place.instances) }, known);
  }

  #parameter(def: ParameterDef, place: Place): Entry {
    const ref = createRef(def, { ...place, path: `${place.path}${def.name}` });
    if (this.#known !== null && ref.path === ref.canonical) this.created.push(ref);
    return parameterEntry(ref);
  }

  #table(node: TableNode, place: Place, known: Entry | undefined): Entry {
    const { path, canonical } = place;
    if (known !== undefined && !this.#touched.has(canonical)) return known;
    const creatable = node.creatable && (node.rows.kind !== "accounts" || this.#creatable);
    const slotsBefore = new Map(this.#known?.rows.get(canonical)?.map(({ instance, slot }) => [instance, slot]));
    const children = new Map<string, Entry>();
    for (const row of this.#rowsOf(node, canonical)) {
      const name = String(row.instance);
      const before = slotsBefore.get(row.instance) === row.slot ? known?.children.get(name) : undefined;
      children.set(name, this.#row(node, place, { row, creatable, before }));
    }
    const table: TableInfo = { path, canonical, node, creatable };
    return entryOf({ name: path, writable: creatable, table }, children, path !== canonical);
  }

  #row(
    node: TableNode,
    place: Place,
    {
      row,
      creatable,
      before,
    }: { readonly row: TableRow; readonly creatable: boolean; readonly before: Entry | undefined },
  ): Entry {
    const own = { path: `${place.path}${row.instance}.`, canonical: `${place.canonical}${row.instance}.` };
    const listed = listedRow(node, row.instance);
    if (listed !== undefined) return this.#object(listed.node, { ...place, ...own }, listed.deletable, before);
    const instances = [...place.instances, row.instance];
    const slots = new Map(place.slots).set(node.name, row.slot);
    return this.#object(node.row, { ...own, instances, slots }, creatable, before);
  }

  #rowsOf(node: TableNode, path: string): readonly TableRow[] {
    if (node.rows.kind !== "fixed") return this.#rows.get(path) ?? [];
    return Array.from({ length: node.rows.count }, (_, at) => ({ instance: at + 1, slot: at + 1 }));
  }
}

/** The row as the data model has it, where it names its rows. */
export function listedRow({ rows }: TableNode, instance: number): ListedRow | undefined {
  return rows.kind === "listed" ? rows.rows.get(instance) : undefined;
}

function touchedBetween(before: TableRows, after: TableRows): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const table of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(table) === after.get(table)) continue;
    for (let end = table.length; end > 0; end = table.lastIndexOf(".", end - 2) + 1) touched.add(table.slice(0, end));
  }
  return touched;
}

const NONE: readonly ParameterRef[] = [];
const NO_CHILDREN: ReadonlyMap<string, Entry> = new Map();

function entryOf(
  own: Pick<Entry, "name" | "writable" | "table">,
  children: ReadonlyMap<string, Entry>,
  isAlias: boolean,
): Entry {
  let [parameters, hasAlias] = [0, isAlias];
  let [forcedInform, forcedNotification] = [NONE, NONE];
  for (const child of children.values()) {
    parameters += child.parameters;
    hasAlias ||= child.hasAlias;
    forcedInform = joined(forcedInform, child.forcedInform);
    forcedNotification = joined(forcedNotification, child.forcedNotification);
  }
  return { ...own, ref: null, children, parameters, forcedInform, forcedNotification, hasAlias };
}

/** Mostly one of them is empty. */
function joined(some: readonly ParameterRef[], more: readonly ParameterRef[]): readonly ParameterRef[] {
  if (more.length === 0) return some;
  return some.length === 0 ? more : [...some, ...more];
}

function parameterEntry(ref: ParameterRef): Entry {
  const { def, path, canonical } = ref;
  return {
    name: path,
    writable: def.writable,
    ref,
    table: null,
    children: NO_CHILDREN,
    parameters: 1,
    forcedInform: def.forcedInform && path === canonical ? [ref] : NONE,
    forcedNotification: hasForcedNotification(ref) ? [ref] : NONE,
    hasAlias: path !== canonical,
  };
}

export function hasForcedNotification({ def }: Pick<ParameterRef, "def">): boolean {
  return def.notification === "forceEnabled" || def.notification === "forceDefaultEnabled";
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

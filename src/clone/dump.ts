import { MAX_PATH } from "../cwmp/types.ts";
import type { ParameterDef } from "../model/types.ts";
import type { FindingList } from "./finding-list.ts";

export type DumpNode = DumpObject | DumpParameter;

/** An object of the device. One whose children have numbers as names, or `{i}`, is a table. */
export interface DumpObject {
  readonly kind: "object";
  readonly at: number;
  /** Null: not in the dump. */
  writable: boolean | null;
  readonly children: Map<string, DumpNode>;
  table?: TableFacts;
}

/** The properties of a table in a dump, beside its rows. */
export interface TableFacts {
  /** Null: without bound. */
  readonly maxEntries: number | null;
  /** The parameter beside it that counts its rows. */
  readonly counter: string | null;
}

export interface DumpParameter extends ParameterFacts {
  readonly kind: "parameter";
  readonly at: number;
}

/** The properties of a parameter in a dump; null: missing. */
export interface ParameterFacts {
  readonly writable: boolean | null;
  /** `xsd:unsignedInt`, `string`. */
  readonly type: string | null;
  readonly value: string | null;
  /** The value in a row that AddObject makes. */
  readonly addedValue?: string | null;
  readonly syntax?: ParameterSyntax;
}

/** Restrictions of the value, if the dump has more than the type. */
export type ParameterSyntax = Pick<
  ParameterDef,
  | "list"
  | "maxLength"
  | "minimum"
  | "maximum"
  | "step"
  | "enumeration"
  | "pattern"
  | "hidden"
  | "notification"
  | "forcedInform"
> & {
  /** The value where the dump has none and the type's empty value is not allowed. */
  readonly usual: string | null;
};

export const ROOTS = ["Device", "InternetGatewayDevice"] as const;
/** Parameters of one device. */
export const MAX_PARAMETERS = 100_000;
const MAX_LEVELS = 32;
/** As TR-106 3.1 has it, or an instance number. */
const NAME = /^(?:[A-Za-z_][A-Za-z0-9_-]*|[1-9][0-9]{0,8}|\{i\})$/;
/** Names that cannot be a device's. */
const NOT_NAMES: readonly string[] = ["__proto__"];

/** The tree of a dump, built from its lines in any order. Invalid lines become findings and are left out. */
export class DumpBuilder {
  readonly findings: FindingList;
  readonly #roots = new Map<string, DumpObject>();
  readonly #declared = new Set<string>();
  #parameters = 0;
  #isFull = false;

  constructor(findings: FindingList) {
    this.findings = findings;
  }

  /** The device's name at the top with its tree; null where the dump has none. */
  get root(): { readonly name: string; readonly object: DumpObject } | null {
    const [first] = this.#roots;
    return first === undefined ? null : { name: first[0], object: first[1] };
  }

  get parameters(): number {
    return this.#parameters;
  }

  /** A parameter was left out because there were MAX_PARAMETERS: whatever else comes is left out too. */
  get isFull(): boolean {
    return this.#isFull;
  }

  object(path: string, at: number, writable: boolean | null, table?: TableFacts): void {
    if (!this.#isNew(path, at)) return;
    const object = this.#objectAt(path.split("."), path, at);
    if (object === null) return;
    object.writable = writable;
    if (table !== undefined) object.table = table;
  }

  parameter(path: string, at: number, facts: ParameterFacts): void {
    if (!this.#isNew(path, at)) return;
    const names = path.split(".");
    const name = names.pop() ?? "";
    const parent = this.#objectAt(names, path, at);
    if (parent === null || !this.#isName(name, path, at)) return;
    if (/^[\d{]/.test(name)) this.findings.add(at, "BAD_NAME", `${path}: a parameter cannot have a number as its name`);
    else if (parent.children.has(name)) this.#wrongKind(path, at);
    else if (this.#parameters >= MAX_PARAMETERS) {
      this.#isFull = true;
      this.findings.add(at, "TOO_MANY", `${path}: a clone has at most ${MAX_PARAMETERS} parameters`);
    } else {
      this.#parameters++;
      parent.children.set(name, { kind: "parameter", at, ...facts });
    }
  }

  #isNew(path: string, at: number): boolean {
    if (path.length > MAX_PATH) {
      this.findings.add(at, "PATH_TOO_LONG", `a path has more than ${MAX_PATH} characters: ${path.slice(0, 60)}…`);
      return false;
    }
    if (this.#declared.has(path)) {
      this.findings.add(at, "DUPLICATE_PATH", `${path} stands twice: the first counts`);
      return false;
    }
    this.#declared.add(path);
    return true;
  }

  /** Creates the objects on the path to it. */
  #objectAt(names: readonly string[], path: string, at: number): DumpObject | null {
    let object = this.#rootOf(names[0] ?? "", path, at);
    if (names.length > MAX_LEVELS) {
      this.findings.add(at, "TOO_DEEP", `${path} has more than ${MAX_LEVELS} levels`);
      return null;
    }
    for (const name of names.slice(1)) {
      if (object === null || !this.#isName(name, path, at)) return null;
      const child: DumpNode = object.children.get(name) ?? { kind: "object", at, writable: null, children: new Map() };
      if (child.kind === "parameter") {
        this.#wrongKind(path, at);
        return null;
      }
      object.children.set(name, child);
      object = child;
    }
    return object;
  }

  #rootOf(name: string, path: string, at: number): DumpObject | null {
    const known = this.#roots.get(name);
    if (known !== undefined) return known;
    if (!ROOTS.some((root) => root === name)) {
      this.findings.add(at, "UNKNOWN_ROOT", `${path} is not below ${ROOTS.join(" or ")}`);
      return null;
    }
    if (this.#roots.size > 0) {
      this.findings.add(at, "SEVERAL_ROOTS", `${path}: the clone is below ${this.root?.name}, a device has one root`);
      return null;
    }
    const root: DumpObject = { kind: "object", at, writable: null, children: new Map() };
    this.#roots.set(name, root);
    return root;
  }

  #isName(name: string, path: string, at: number): boolean {
    const isName = NAME.test(name) && !NOT_NAMES.includes(name);
    if (!isName) this.findings.add(at, "BAD_NAME", `${path}: ${name === "" ? "an empty name" : name} cannot be a name`);
    return isName;
  }

  #wrongKind(path: string, at: number): void {
    this.findings.add(at, "WRONG_KIND", `${path} would make an object of a parameter, or the other way round`);
  }
}

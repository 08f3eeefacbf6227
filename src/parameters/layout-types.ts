import type { ParameterDef, TableNode } from "../model/types.ts";
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

import type { BackendKey } from "../ports/backend.ts";
import type { StateDocument } from "../ports/state-store.ts";
import type { TableRow, TableRows } from "./layout.ts";

/** What the agent itself keeps of the parameter tree. Sparse: only what differs from the factory state. */
export interface ParametersState {
  readonly parameterKey: string;
  /** Values of `agent: stored` parameters, by path. */
  readonly stored: Readonly<Record<string, string>>;
  /** Texts that the phone's one-line file cannot hold as they are: what the ACS wrote, beside what the file holds. */
  readonly exact: Readonly<Record<string, ExactText>>;
  /** Last good values of parameters whose text in the phone's file the data model refuses. */
  readonly lastGood: Readonly<Record<string, string>>;
  /** Tables whose rows have changed since the factory state. */
  readonly tables: Readonly<Record<string, TableState>>;
  /** The new texts of a change of the phone's settings, until it is known to be made, or not to be (docs/decisions/0003). */
  readonly intent: Readonly<Record<BackendKey, string>> | null;
  /** What to return to where that change is not made. Null also beside an intent of an earlier version: it is made at start. */
  readonly undo: Undo | null;
}

export interface Undo {
  /** The texts that the intent overwrites; null: the key is not there. */
  readonly from: Readonly<Record<BackendKey, string | null>>;
  /** What the agent kept before, without an intent. */
  readonly state: ParametersState;
}

export interface ExactText {
  readonly inFile: string;
  readonly value: string;
}

export interface TableState {
  /** The next instance number: numbers are never used again. */
  readonly next: number;
  readonly rows: readonly TableRow[];
}

export const EMPTY_PARAMETERS_STATE: ParametersState = Object.freeze({
  parameterKey: "",
  stored: {},
  exact: {},
  lastGood: {},
  tables: {},
  intent: null,
  undo: null,
});

export const PARAMETERS_DOCUMENT: StateDocument<ParametersState> = {
  name: "parameters",
  version: 1,
  empty: () => EMPTY_PARAMETERS_STATE,
  parse: (raw) => parametersOf(raw, "parameters"),
};

function parametersOf(raw: unknown, name: string): ParametersState {
  const value = record(raw, name);
  return {
    parameterKey: text(value.parameterKey, "parameterKey"),
    stored: texts(value.stored, "stored"),
    exact: mapRecord(value.exact, "exact", (item, place) => {
      const exact = record(item, place);
      return { inFile: text(exact.inFile, `${place}.inFile`), value: text(exact.value, `${place}.value`) };
    }),
    lastGood: texts(value.lastGood, "lastGood"),
    tables: mapRecord(value.tables, "tables", tableState),
    intent: value.intent === null ? null : texts(value.intent, "intent"),
    undo: value.undo === null || value.undo === undefined ? null : undoOf(record(value.undo, "undo")),
  };
}

function undoOf({ from, state }: Record<string, unknown>): Undo {
  const texts = mapRecord(from, "undo.from", (item, place) => (item === null ? null : text(item, place)));
  return { from: texts, state: { ...parametersOf(state, "undo.state"), intent: null, undo: null } };
}

/** The factory rows, overlaid with what has been added and deleted since. A phone may have lost accounts meanwhile. */
export function rowsOf(factory: TableRows, state: ParametersState, accounts: number): TableRows {
  const rows = new Map(factory);
  for (const [table, { rows: changed }] of Object.entries(state.tables)) {
    rows.set(table, factory.has(table) ? changed.filter(({ slot }) => slot <= accounts) : changed);
  }
  return rows;
}

function tableState(item: unknown, name: string): TableState {
  const table = record(item, name);
  if (!Array.isArray(table.rows)) throw new Error(`${name}.rows is not a list`);
  const rows = table.rows.map((row: unknown, at) => {
    const { instance, slot } = record(row, `${name}.rows[${at}]`);
    return { instance: count(instance, `${name} instance`), slot: count(slot, `${name} slot`) };
  });
  return { next: count(table.next, `${name}.next`), rows };
}

function record(raw: unknown, name: string): Record<string, unknown> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw new Error(`${name} is not an object`);
  return raw as Record<string, unknown>;
}

function mapRecord<T>(raw: unknown, name: string, parse: (item: unknown, name: string) => T): Record<string, T> {
  const entries = Object.entries(record(raw, name));
  return Object.fromEntries(entries.map(([key, item]) => [key, parse(item, `${name} ${key}`)]));
}

function texts(raw: unknown, name: string): Record<string, string> {
  return mapRecord(raw, name, text);
}

function text(raw: unknown, name: string): string {
  if (typeof raw !== "string") throw new Error(`${name} is not a text`);
  return raw;
}

function count(raw: unknown, name: string): number {
  if (typeof raw !== "number" || !Number.isSafeInteger(raw) || raw < 1)
    throw new Error(`${name} is not a positive number`);
  return raw;
}

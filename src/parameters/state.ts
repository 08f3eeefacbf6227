import { stateDocument } from "../durable/durable-state.ts";
import { listOf, mapOf, nullOr, positiveNumber, shape, text, withDefault } from "../durable/read.ts";
import type { BackendKey } from "../ports/backend.ts";
import type { Layout, TableRow, TableRows } from "./layout.ts";

/** The agent's own stored state of the parameter tree. Sparse: only differences from the factory state. */
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
  /**
   * The configuration files that were applied last, as fingerprints, by what their sources are called: part of the change
   * itself, so that a power cut cannot come between a file and the knowledge of it.
   */
  readonly files: Readonly<Record<string, string>>;
  /** The new texts of a change of the phone's settings, until it is known to be made, or not to be (docs/decisions/0003). */
  readonly intent: Readonly<Record<BackendKey, string>> | null;
  /**
   * The state to return to if that change is not made. Null also for an intent of an earlier version, which is
   * completed at start.
   */
  readonly undo: Undo | null;
}

export interface Undo {
  /** The texts that the intent overwrites; null: the key is not there. */
  readonly from: Readonly<Record<BackendKey, string | null>>;
  /** The agent's state before, without an intent. */
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
  files: {},
  intent: null,
  undo: null,
});

const rowsRead = listOf(shape<TableRow>({ instance: positiveNumber, slot: positiveNumber }));
/** Everything except the change in progress. */
const SETTLED = {
  parameterKey: text,
  stored: mapOf(text),
  exact: mapOf(shape<ExactText>({ inFile: text, value: text })),
  lastGood: mapOf(text),
  tables: mapOf(shape<TableState>({ next: positiveNumber, rows: rowsRead })),
  files: withDefault(mapOf(text), {}),
};
const settled = shape<Omit<ParametersState, "intent" | "undo">>(SETTLED);
const undo = shape<Undo>({
  from: mapOf(nullOr(text)),
  state: (raw, place) => ({ ...settled(raw, place), intent: null, undo: null }),
});

export const PARAMETERS_DOCUMENT = stateDocument<ParametersState>(
  "parameters",
  EMPTY_PARAMETERS_STATE,
  shape<ParametersState>({ ...SETTLED, intent: nullOr(mapOf(text)), undo: withDefault(nullOr(undo), null) }),
);

/** The factory rows, overlaid with what has been added and deleted since. A phone may have lost accounts meanwhile. */
export function rowsOf(factory: Pick<Layout, "rows" | "table">, state: ParametersState, accounts: number): TableRows {
  const rows = new Map(factory.rows);
  for (const [table, { rows: changed }] of Object.entries(state.tables)) {
    const isOfAccounts = factory.table(table)?.node.rows.kind === "accounts";
    rows.set(table, isOfAccounts ? changed.filter(({ slot }) => slot <= accounts) : changed);
  }
  return rows;
}

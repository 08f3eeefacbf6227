import { type DurableCell, stateDocument } from "../../durable/durable-state.ts";
import { flag, nullOr, shape, text, withDefault } from "../../durable/read.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** What AutoP remembers over restarts. Contents are kept as salted hashes: there are passwords in them. */
export interface AutopState {
  /** Of the file that the YAML settings name; no more than a fallback for what an earlier version has applied. */
  readonly file: string | null;
  /** Of the files on the server whose round is over, with all that follows from it: what the ACS hears, firmware. */
  readonly common: string | null;
  readonly device: string | null;
  /** Of both files together, where the phone has refused them. */
  readonly refused: string | null;
  /** Of what the server sent last in place of a common file, such as a web page. */
  readonly ignored: string | null;
  /** Of the firmware's URL that was acted on last. */
  readonly firmware: string | null;
  /** The phone restarts because of settings that AutoP has made. */
  readonly restarting: boolean;
}

export type AutopCell = DurableCell<AutopState>;

const hash = nullOr(text);

export const AUTOP_DOCUMENT = stateDocument<AutopState>(
  "autop",
  { file: null, common: null, device: null, refused: null, ignored: null, firmware: null, restarting: false },
  shape({
    ...{ file: hash, common: hash, device: hash, refused: hash },
    ...{ ignored: withDefault(hash, null), firmware: withDefault(hash, null), restarting: flag },
  }),
);

/**
 * Which contents were applied last: the tree knows, as it applied them; before its version did, AutoP wrote it down afterwards.
 * Null: none.
 */
export function appliedFile(
  source: "file" | "common" | "device",
  tree: Pick<ParameterTree, "appliedFiles">,
  store: Pick<AutopCell, "current">,
): string | null {
  return tree.appliedFiles[source] ?? store.current[source];
}

/** What an opened phone has for its auto-provisioning. */
export interface AutopParts {
  readonly store: AutopCell;
  readonly fingerprint: Fingerprint;
  /** The file that was applied at this start asks for a restart. */
  readonly restartDue: boolean;
}

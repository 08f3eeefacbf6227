import { type DurableCell, stateDocument } from "../../durable/durable-state.ts";
import { flag, nullOr, shape, text, withDefault } from "../../durable/read.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Hash } from "../../ports/hash.ts";

/** AutoP's state over restarts. Contents are stored as salted hashes, because they hold passwords. */
export interface AutopState {
  /** Hash of the file that the YAML settings name; a fallback for state of an earlier version. */
  readonly file: string | null;
  /** Hashes of the files on the server whose round is complete, with its report to the ACS and its firmware. */
  readonly common: string | null;
  readonly device: string | null;
  /** Hash of both files together, if the phone has refused them. */
  readonly refused: string | null;
  /** Hash of what the server sent last in place of a common file, such as a web page. */
  readonly ignored: string | null;
  /** Hash of the last firmware URL that was processed. */
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
 * The contents that were applied last. The tree stores this with the settings; earlier versions stored it in AutoP's
 * own state. Null: none.
 */
export function appliedFile(
  source: "file" | "common" | "device",
  tree: Pick<ParameterTree, "appliedFiles">,
  store: Pick<AutopCell, "current">,
): string | null {
  return tree.appliedFiles[source] ?? store.current[source];
}

/** The parts of an opened phone that auto-provisioning uses. */
export interface AutopParts {
  readonly store: AutopCell;
  readonly fingerprint: Fingerprint;
  /** The file that was applied at this start asks for a restart. */
  readonly restartDue: boolean;
}

/** Detects whether a file has changed without storing its content. */
export type Fingerprint = (content: Uint8Array) => string;

export function createFingerprint(hash: Hash, salt: string): Fingerprint {
  // One character for each byte: different contents are different texts.
  return (content) => hash(salt, new TextDecoder("latin1").decode(content));
}

import { type DurableCell, stateDocument } from "../../durable/durable-state.ts";
import { flag, mapOf, nullOr, shape, text, wholeNumber } from "../../durable/read.ts";

/** The agent's own durable state. */
export interface Lifecycle {
  /** The ACS URL that has had its `0 BOOTSTRAP`; null before the first contact (C-090). */
  readonly informedUrl: string | null;
  /** Failed attempts since the last successful session (C-100). */
  readonly retryCount: number;
  /** A factory reset was promised to the ACS and may not be done yet. */
  readonly resetting: boolean;
  /** Path of the connection-request URL (C-211). */
  readonly connectionRequestToken: string | null;
  /** A keyed hash of each YAML line at the last start, by key: detects changed lines without storing secrets. */
  readonly settings: Readonly<Record<string, string>> | null;
  readonly settingsSalt: string;
}

export type LifecycleCell = DurableCell<Lifecycle>;

const NEW: Lifecycle = {
  informedUrl: null,
  retryCount: 0,
  resetting: false,
  connectionRequestToken: null,
  settings: null,
  settingsSalt: "",
};

export const LIFECYCLE_DOCUMENT = stateDocument<Lifecycle>(
  "lifecycle",
  NEW,
  shape({
    informedUrl: nullOr(text),
    retryCount: wholeNumber,
    resetting: flag,
    connectionRequestToken: nullOr(text),
    settings: nullOr(mapOf(text)),
    settingsSalt: text,
  }),
);

import type { Backend, BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";

/** What the agent would tell a backend of its phone, and what the contract tries. */
export interface ContractFacts {
  readonly factory: FactorySettings;
  /** A setting that takes effect with a restart: the value that it has from the factory, and another. */
  readonly restart: { readonly key: BackendKey; readonly factory: string; readonly other: string };
  /** Live values and actions that the data model has. */
  readonly liveKeys: readonly BackendKey[];
  readonly actionKeys: readonly BackendKey[];
}

/** A backend that is proved, the time that passes for it, and what it has reported so far. */
export interface ContractPhone {
  readonly backend: Backend;
  readonly facts: ContractFacts;
  readonly reported: BackendChange[];
  /** Lets so much time pass, real or not. */
  wait(ms: number): Promise<void>;
  /** Waits for what the backend has promised; where time is not real it has to be moved for that. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Starts the backend; what it reports goes to `reported`. */
  start(): Promise<void>;
  /** The phone without warning without power, and with it again: the backend made anew, not started. Absent: cannot be done. */
  powerCut?(): Promise<void>;
  /** Timers that still wait. Absent: not known. */
  pendingTimers?(): readonly string[];
}

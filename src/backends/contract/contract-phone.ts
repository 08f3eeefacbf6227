import type { Backend, BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";

/** The facts about the phone that the agent passes to a backend, and the keys that the contract tries. */
export interface ContractFacts {
  readonly factory: FactorySettings;
  /** A setting that takes effect with a restart: its factory value, and another one. */
  readonly restart: { readonly key: BackendKey; readonly factory: string; readonly other: string };
  /** Live values and actions that the data model has. */
  readonly liveKeys: readonly BackendKey[];
  readonly actionKeys: readonly BackendKey[];
}

/** A backend under test, its clock, and its reports so far. */
export interface ContractPhone {
  readonly backend: Backend;
  readonly facts: ContractFacts;
  readonly reported: BackendChange[];
  /** Lets this much time pass, real or simulated. */
  wait(ms: number): Promise<void>;
  /** Waits for a promise of the backend; simulated time has to be advanced for that. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Starts the backend; its reports go to `reported`. */
  start(): Promise<void>;
  /** A power cut without warning, and power again: a new backend, not started. Absent: not possible. */
  powerCut?(): Promise<void>;
  /** Pending timers. Absent: unknown. */
  pendingTimers?(): readonly string[];
}

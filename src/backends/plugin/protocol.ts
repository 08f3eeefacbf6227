import type { BackendChange, BackendKey } from "../../ports/backend.ts";
import type { PlugInPhone } from "./plug-in.ts";
import type { PlainError } from "./plug-in-errors.ts";

/** The start data of a plug-in's thread. Plain data, passed between threads. */
export interface PlugInFacts {
  /** Absolute path of the module. */
  readonly module: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly phone: PlugInPhone;
  readonly accounts: number;
  readonly factory: ReadonlyMap<BackendKey, string>;
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly liveKeys: readonly BackendKey[];
  readonly actionKeys: readonly BackendKey[];
  /** Settings whose values are secrets. */
  readonly secretKeys: ReadonlySet<BackendKey>;
  /** Its own folder, which exists. */
  readonly folder: string;
  /** The settings file for a plug-in of the short form. */
  readonly settingsFile: string;
  readonly callMs: number;
}

/** The path of the settings, for people. */
export type Places = ReadonlyMap<BackendKey, string>;

/** The calls to the plug-in: arguments and answer of each. */
export interface Calls {
  start: { args: []; answer: Places };
  stop: { args: []; answer: undefined };
  read: { args: [keys: readonly BackendKey[]]; answer: ReadonlyMap<BackendKey, string> };
  /** Returns a number for `apply` and `discard`. */
  stage: { args: [changes: ReadonlyMap<BackendKey, string>]; answer: number };
  apply: { args: [staged: number]; answer: "applied" | "needs-reboot" };
  discard: { args: [staged: number]; answer: undefined };
  reboot: { args: [commandKey: string]; answer: undefined };
  factoryReset: { args: []; answer: undefined };
  reached: { args: []; answer: undefined };
  install: { args: [fileType: string, path: string]; answer: "applied" | "needs-reboot" };
  verify: { args: [fileType: string]; answer: undefined };
  produce: { args: [fileType: string]; answer: Uint8Array };
}

export type CallName = keyof Calls;

export interface CallMessage {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

export interface PlugInFiles {
  readonly installs: readonly string[];
  readonly produces: readonly string[];
  readonly verifies: boolean;
}

/** The description of a loaded plug-in. */
export interface Description {
  readonly level: "hardware" | "backend";
  /** Of the keys in the facts. */
  readonly supported: ReadonlySet<BackendKey>;
  /** Null: none. */
  readonly files: PlugInFiles | null;
  readonly reached: boolean;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export type ThreadMessage =
  | { readonly type: "loaded"; readonly description: Description }
  /** `unusable`: the module itself is wrong, so a retry is useless. */
  | { readonly type: "not-loaded"; readonly unusable: boolean; readonly reason: string }
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: PlainError }
  | { readonly type: "report"; readonly changes: readonly BackendChange[]; readonly places: Places }
  | { readonly type: "log"; readonly level: LogLevel; readonly fields: object; readonly message: string };

import type { CwmpType } from "../cwmp/types.ts";

/**
 * The compiled data model: frozen, without state, shared by every agent of a process.
 *
 * Key templates hold the names of tables in braces: `Config.Account{VoiceProfile}.Audio{List-1}.Enable`. `{VoiceProfile}`
 * becomes the account slot of that row, `{List-1}` the row's number less one. `{i}` stands for instance numbers, as in paths.
 */
export interface DataModel {
  readonly root: ObjectNode;
  /** Every parameter in tree order. */
  readonly parameters: readonly ParameterDef[];
  readonly rules: readonly ModelRule[];
  /** Parameters of which no two rows of a table may have the same value, by template: others give way to what is set. */
  readonly ranked: readonly string[];
}

export type ModelNode = ObjectNode | TableNode | AliasNode | ParameterDef;

export interface ObjectNode {
  readonly kind: "object";
  /** `LAN`; the row of a table has the name `{i}`. */
  readonly name: string;
  /** `Device.LAN.`, with `{i}` for instance numbers. */
  readonly template: string;
  readonly description: string;
  readonly children: readonly ModelNode[];
}

export interface TableNode {
  readonly kind: "table";
  readonly name: string;
  /** `Device.LAN.VoiceService.1.VoiceProfile.` is `Device.LAN.VoiceService.{i}.VoiceProfile.` here. */
  readonly template: string;
  readonly description: string;
  readonly rows: TableRowsDef;
  /** AddObject and DeleteObject work on it (unless the accounts are fixed by a setting). */
  readonly creatable: boolean;
  readonly row: ObjectNode;
}

/**
 * `fixed`: always rows 1..count. `accounts`: one row per account at factory state, up to as many as the phone has accounts.
 * `dynamic`: no row at factory state, up to `max` in each row around it; always creatable. `listed`: at factory state the rows
 * that are named, each with objects and parameters of its own; those that are added are like `row`, up to `max` in all.
 */
export type TableRowsDef =
  | { readonly kind: "fixed"; readonly count: number }
  | { readonly kind: "accounts" }
  | { readonly kind: "dynamic"; readonly max: number }
  | { readonly kind: "listed"; readonly rows: ReadonlyMap<number, ListedRow>; readonly max: number };

/** A row that is there at factory state. Its templates have its number where those of other rows have `{i}`. */
export interface ListedRow {
  readonly node: ObjectNode;
  /** Whether DeleteObject works on it. */
  readonly deletable: boolean;
}

/** A second path of a table: the same instances, values and settings under another name. */
export interface AliasNode {
  readonly kind: "alias";
  readonly name: string;
  /** `Device.Services.VoiceService.`: has no `{i}`. */
  readonly template: string;
  readonly description: string;
  readonly of: TableNode;
}

/** Notification rules of TR-106: who may switch notification on or off. */
export type NotificationRule = "normal" | "canDeny" | "forceEnabled" | "forceDefaultEnabled";

export interface ParameterDef {
  readonly kind: "parameter";
  readonly name: string;
  /** `Device.LAN.VoiceService.{i}.VoiceProfile.{i}.Line.{i}.Enable`. */
  readonly template: string;
  readonly type: CwmpType;
  /** A comma-separated list: range, enumeration and pattern hold for each item, `maxLength` for the whole text. */
  readonly list: boolean;
  /** In characters, not bytes. */
  readonly maxLength: number | null;
  readonly minimum: bigint | null;
  readonly maximum: bigint | null;
  /** Only numbers so far apart can be set, counted from the minimum. */
  readonly step: bigint | null;
  /** Wider limits for values that the phone's file already holds: they are read, but cannot be set. */
  readonly inFile: ValueLimits | null;
  readonly enumeration: readonly string[] | null;
  /** Matches the whole value. */
  readonly pattern: RegExp | null;
  readonly writable: boolean;
  /** Writable only while this holds for the values that result from the call (else 9008): another parameter has the value. */
  readonly writableWhen: { readonly path: string; readonly value: string } | null;
  /** A table whose rows it names, by full path without the last dot: empty, or a row that is there (a strong reference). */
  readonly reference: string | null;
  /** Reads as empty (`hidden`): a secret. */
  readonly hidden: boolean;
  readonly forcedInform: boolean;
  readonly notification: NotificationRule;
  readonly source: ParameterSource;
  /** The factory value on the wire; one, or one for each row of the innermost table. */
  readonly defaults: readonly string[];
  /** A change takes effect after a reboot only: Status 1. */
  readonly restart: boolean;
  readonly units: string | null;
  readonly description: string;
  /** `TR-106`, `TR-104`, `vendor`. */
  readonly standard: string;
  /** The facts that are known from a phone, its files or its pages; the rest is a guess (docs/decisions/0007). */
  readonly confirmed: readonly ModelFact[];
}

/**
 * The facts of a declaration: the key of the phone's file, the values and their form there, the default, the CWMP type.
 */
export type ModelFact = "key" | "values" | "default" | "type";

export type ValueLimits = Pick<ParameterDef, "maxLength" | "minimum" | "maximum" | "step">;

/** Values that the agent itself holds. `stored`: the agent keeps what was written. */
export type AgentValue =
  | "manufacturer"
  | "oui"
  | "modelName"
  | "productClass"
  | "serialNumber"
  | "accounts"
  | "parameterKey"
  | "connectionRequestUrl"
  | "natDetected"
  | "udpConnectionRequestAddress"
  | "xmppStatus"
  | "xmppJabberId"
  | "xmppTlsEstablished"
  | "xmppConnectionRequestJabberId"
  | "stored";

/** The source of a parameter's value. `KeyTemplate`s are in the spelling of `ports/backend.ts`. */
export type ParameterSource =
  | { readonly kind: "constant"; readonly values: readonly string[] }
  | { readonly kind: "entries"; readonly table: string }
  | { readonly kind: "agent"; readonly value: AgentValue; readonly fallback: string | null }
  | { readonly kind: "live"; readonly key: string; readonly action: string | null }
  | {
      readonly kind: "config";
      readonly keys: readonly string[];
      readonly encoding: Encoding;
      /** The source while `writableWhen` is not met: the value from the network. */
      readonly live: string | null;
    };

/** How the phone's file writes a value; several keys may carry one parameter. Total: never throws. */
export interface Encoding {
  readonly name: string;
  /** The keys' texts, in order (a missing key is `undefined`) → the value on the wire, or null when they make no sense. */
  decode(raw: readonly (string | undefined)[]): string | null;
  /** A checked value on the wire → the texts, one per key. */
  encode(value: string, keyCount: number): readonly string[];
}

/** Checks over several parameters, on the values that result from a whole call (C-129). Paths are templates of one object. */
export type ModelRule =
  /** `low` must not be above `high`, unless `high` has the value `unless`. */
  | { readonly kind: "order"; readonly low: string; readonly high: string; readonly unless: string | null }
  /** While `when` is true, `needs` must not be empty. */
  | { readonly kind: "needs"; readonly when: string; readonly needs: string }
  /** All are empty or none is. */
  | { readonly kind: "together"; readonly paths: readonly string[] };

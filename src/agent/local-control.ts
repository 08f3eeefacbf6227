import { AgentError } from "../cwmp/errors.ts";
import type { OffsetAt } from "../cwmp/time-zone.ts";
import type { CwmpType } from "../cwmp/types.ts";
import { allowedInFile } from "../model/value.ts";
import type { Notification } from "../parameters/attributes.ts";
import type { ParameterRef } from "../parameters/layout.ts";
import type { Applied, Backend, BackendKey } from "../ports/backend.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { applyConfiguration } from "./autop/apply-configuration.ts";
import type { AutopCheck } from "./autop/autop.ts";
import { readConfiguration } from "./autop/configuration.ts";
import { exportConfiguration } from "./autop/export-configuration.ts";
import type { AutopResult } from "./autop/result.ts";
import type { Identity } from "./config.ts";
import type { EndOfLife, Life } from "./life.ts";
import { type PhoneStatus, readPhoneStatus } from "./phone-status.ts";
import { readPhoneZone } from "./phone-zone.ts";
import type { SessionHistory } from "./session-history.ts";

/** Events that a person may raise by hand, to see what the ACS makes of them. */
export const LOCAL_EVENTS = ["2 PERIODIC", "0 BOOTSTRAP", "1 BOOT", "6 CONNECTION REQUEST"] as const;
export type LocalEvent = (typeof LOCAL_EVENTS)[number];

/** One parameter as a person looks at it. */
export interface ParameterView {
  readonly path: string;
  readonly type: CwmpType;
  /** A secret: `value` is empty whatever is set. */
  readonly hidden: boolean;
  readonly writable: boolean;
  readonly value: string;
  readonly notification: Notification;
  /** Who answers: `config` (the phone's file), `live` (the phone), `agent`, `constant`, `entries`. */
  readonly source: ParameterRef["def"]["source"]["kind"];
  /** Keys of the phone's file that it stands for. */
  readonly keys: readonly BackendKey[];
  /** What may be set, as the end of the sentence "must be …". */
  readonly allowed: string;
  readonly description: string;
}

/**
 * The phone for a person beside it, at its web page, at a control socket: what they see, and changes that count as made
 * at the phone, so that they can raise `4 VALUE CHANGE`. Every call throws AgentError PHONE_DOWN while the phone restarts.
 */
export interface LocalControl {
  status(): Promise<PhoneStatus>;
  /** The phone's local time; that of the machine while the phone restarts. Does not fail. */
  zone(): Promise<OffsetAt>;
  /** Full name, or a partial path for everything below. CwmpFault 9005: there is no such path. */
  parameters(path: string): Promise<readonly ParameterView[]>;
  /** All, or CwmpFault 9003 with a fault for each parameter, and nothing. Durable when it resolves. */
  setValues(values: ReadonlyMap<string, string>): Promise<Applied>;
  /** Settings in the phone's spelling: all, or CwmpFault 9003 with a fault for each key, and nothing. Durable when it resolves. */
  applySettings(settings: ReadonlyMap<BackendKey, string>): Promise<Applied>;
  /** Settings as the phone holds them, secrets among them: for a form that says which are set, never for showing. */
  readSettings(keys: readonly BackendKey[]): Promise<ReadonlyMap<BackendKey, string>>;
  /**
   * A configuration file in AutoP form: all of its settings, or CwmpFault 9018 with line and key, and nothing. Durable when it
   * resolves. `name` is what the log calls the file.
   *
   * @param lenient the good lines of a file with bad ones, see {@link AutopResult.refused}
   */
  applyAutop(file: Uint8Array, name: string, lenient?: boolean): Promise<AutopResult>;
  /** All settings of the phone as such a file. Applied again, it changes nothing. Passwords are secrets: only where they are asked for. */
  exportAutop(options: { readonly passwords: boolean }): Promise<string>;
  /** Looks for new configuration files at the phone's AutoP server now, whatever its mode. Resolves when that is done. */
  checkAutop(): Promise<AutopCheck>;
  /** Raises an event; its session follows at once, or after the running one. Does not wait for it. */
  inform(event: LocalEvent): Promise<void>;
  /** Like a Reboot RPC with an empty CommandKey, but without `M Reboot`. */
  reboot(): Promise<void>;
  /** Back to factory state, all that the agent keeps included. Durable when it resolves. */
  factoryReset(): Promise<void>;
}

export interface LocalControlOptions {
  /** Null while the phone is restarting. */
  readonly life: () => Life | null;
  readonly history: SessionHistory;
  readonly clock: Clock;
  readonly backend: Backend;
  readonly log: Logger;
  readonly config: { readonly identity: Identity };
}

export function createLocalControl(options: LocalControlOptions): LocalControl {
  const { life: current, history, clock, log, backend } = options;
  const { identity } = options.config;
  const life = (): Life => {
    const now = current();
    if (now === null) throw new AgentError("PHONE_DOWN", "the phone is restarting: try again in a moment");
    return now;
  };
  const end = (how: EndOfLife): void => life().end(how);
  const ofMachine: OffsetAt = (at) => clock.offsetMinutes(at);
  return {
    zone: async () => {
      const tree = current()?.phone.tree;
      return tree === undefined ? ofMachine : readPhoneZone(tree, clock).catch(() => ofMachine);
    },
    status: async () => readPhoneStatus(life(), history, { clock, backend }),
    parameters: async (path) => viewParameters(life(), path),
    setValues: async (values) => {
      const requests = [...values].map(([path, value]) => ({ path, value, type: null }));
      return life().phone.tree.setValues(requests, null, "device");
    },
    applySettings: async (settings) => life().phone.tree.applySettings(settings, "device"),
    readSettings: async (keys) => life().phone.tree.readKeys(keys),
    applyAutop: async (file, name, lenient = false) => {
      const { tree } = life().phone;
      return applyConfiguration(readConfiguration(file), { name, by: "device", lenient }, { tree, log });
    },
    exportAutop: async ({ passwords }) =>
      exportConfiguration({ tree: life().phone.tree, backend, identity, passwords }),
    checkAutop: async () => life().autop.check(),
    inform: async (event) => life().raise({ code: event, commandKey: "" }),
    reboot: async () => end({ kind: "reboot", commandKey: "" }),
    factoryReset: async () => {
      await life().phone.lifecycle.update((now) => ({ ...now, resetting: true }));
      end({ kind: "factory-reset" });
    },
  };
}

async function viewParameters({ phone: { tree, attributes } }: Life, path: string): Promise<readonly ParameterView[]> {
  const refs = tree.find(path);
  // A person is better served by what the phone said last than by nothing.
  await tree.refresh(refs).catch(() => {});
  const values = await tree.read(refs);
  return refs.map((ref) => {
    const { def } = ref;
    return {
      path: ref.path,
      type: def.type,
      hidden: def.hidden,
      writable: def.writable,
      value: values.get(ref.path) ?? "",
      notification: attributes.get(ref).notification,
      source: def.source.kind,
      keys: ref.configKeys,
      allowed: allowedInFile(def),
      description: def.description,
    };
  });
}

import { AgentError, messageOf } from "../../cwmp/errors.ts";
import type { OffsetAt } from "../../cwmp/time-zone.ts";
import type { CwmpType } from "../../cwmp/types.ts";
import { allowedInFile } from "../../model/value.ts";
import type { Notification } from "../../parameters/attributes.ts";
import type { ParameterRef } from "../../parameters/layout.ts";
import type { OpenTree } from "../../parameters/tree.ts";
import type { Applied, BackendKey, PhoneCalls } from "../../ports/backend.ts";
import type { AutopCheck } from "../autop/autop.ts";
import type { BootCycle } from "../boot/boot-cycle.ts";
import { type AutopResult, applyConfiguration } from "../configuration/apply-configuration.ts";
import { readConfiguration } from "../configuration/configuration.ts";
import { exportConfiguration } from "../configuration/export-configuration.ts";
import type { AgentOptions } from "../core/options.ts";
import type { SessionHistory } from "../core/session-history.ts";
import { readPhoneZone } from "../time/phone-zone.ts";
import { type PhoneStatus, readPhoneStatus } from "./phone-status.ts";

/** Events that a person may raise by hand, to test how the ACS reacts. */
export const LOCAL_EVENTS = ["2 PERIODIC", "0 BOOTSTRAP", "1 BOOT", "6 CONNECTION REQUEST"] as const;
export type LocalEvent = (typeof LOCAL_EVENTS)[number];

/** One parameter for display. */
export interface ParameterView {
  readonly path: string;
  readonly type: CwmpType;
  /** A secret: `value` is empty whatever is set. */
  readonly hidden: boolean;
  readonly writable: boolean;
  readonly value: string;
  readonly notification: Notification;
  /** The source of its value: `config` (the phone's file), `live` (the phone), `agent`, `constant`, `entries`. */
  readonly source: ParameterRef["def"]["source"]["kind"];
  /** Its keys in the phone's file. */
  readonly keys: readonly BackendKey[];
  /** What may be set, as the end of the sentence "must be …". */
  readonly allowed: string;
  readonly description: string;
}

/**
 * Local control of the phone, by its web page or control socket: what a person sees, and changes that count as made
 * at the phone, so that they can raise `4 VALUE CHANGE`. Every call throws AgentError PHONE_DOWN while the phone
 * restarts.
 */
export interface LocalControl {
  status(): Promise<PhoneStatus>;
  /** The phone's local time; the machine's while the phone restarts. Does not fail. */
  zone(): Promise<OffsetAt>;
  /** Full name, or a partial path for everything below. CwmpFault 9005: there is no such path. */
  parameters(path: string): Promise<readonly ParameterView[]>;
  /** Sets all, or nothing: CwmpFault 9003 with a fault for each parameter. Durable when it resolves. */
  setValues(values: ReadonlyMap<string, string>): Promise<Applied>;
  /**
   * Sets all of these settings, in the phone's spelling, or nothing: CwmpFault 9003 with a fault for each key. Durable
   * when it resolves.
   */
  applySettings(settings: ReadonlyMap<BackendKey, string>): Promise<Applied>;
  /** Settings as the phone holds them, including secrets: for a form that shows which are set, never for display. */
  readSettings(keys: readonly BackendKey[]): Promise<ReadonlyMap<BackendKey, string>>;
  /**
   * Applies a configuration file in AutoP form: all of its settings, or nothing: CwmpFault 9018 with line and key.
   * Durable when it resolves. `name` is the file's name in the log.
   *
   * @param lenient apply the good lines of a file with bad ones, see {@link AutopResult.refused}
   */
  applyAutop(file: Uint8Array, name: string, lenient?: boolean): Promise<AutopResult>;
  /**
   * All settings of the phone as such a file. Applied again, it changes nothing. Passwords are included only on
   * request.
   */
  exportAutop(options: { readonly passwords: boolean }): Promise<string>;
  /** Looks for new configuration files at the phone's AutoP server now, whatever its mode. Resolves when done. */
  checkAutop(): Promise<AutopCheck>;
  /** Raises an event; its session follows at once, or after the running one. Does not wait for it. */
  inform(event: LocalEvent): Promise<void>;
  /** Makes the phone call a number on an account. AgentError BACKEND_REFUSED: it cannot, with the reason. Does not wait for an answer. */
  call(account: number, number: string): Promise<void>;
  /** Ends the phone's calls. AgentError BACKEND_REFUSED: it cannot call. */
  hangUp(): Promise<void>;
  /** Like a Reboot RPC with an empty CommandKey, but without `M Reboot`. */
  reboot(): Promise<void>;
  /** Resets the phone and the agent's own state to factory state. Durable when it resolves. */
  factoryReset(): Promise<void>;
}

export interface LocalControlOptions {
  /** Null while the phone is restarting. */
  cycle(): BootCycle | null;
  readonly history: SessionHistory;
  readonly options: Pick<AgentOptions, "clock" | "backend" | "log" | "config">;
}

export function createLocalControl(options: LocalControlOptions): LocalControl {
  return new Control(options);
}

class Control implements LocalControl {
  readonly #agent: LocalControlOptions;

  constructor(agent: LocalControlOptions) {
    this.#agent = agent;
  }

  async zone(): Promise<OffsetAt> {
    const { clock } = this.#agent.options;
    const ofMachine: OffsetAt = (at) => clock.offsetMinutes(at);
    const tree = this.#agent.cycle()?.phone.tree;
    return tree === undefined ? ofMachine : readPhoneZone(tree, clock).catch(() => ofMachine);
  }

  async status(): Promise<PhoneStatus> {
    return readPhoneStatus(this.#cycle(), this.#agent.history, this.#agent.options);
  }

  async parameters(path: string): Promise<readonly ParameterView[]> {
    return viewParameters(this.#cycle(), path);
  }

  async setValues(values: ReadonlyMap<string, string>): Promise<Applied> {
    const requests = [...values].map(([path, value]) => ({ path, value, type: null }));
    return this.#tree().setValues(requests, null, "device");
  }

  async applySettings(settings: ReadonlyMap<BackendKey, string>): Promise<Applied> {
    return this.#tree().applySettings(settings, "device");
  }

  async readSettings(keys: readonly BackendKey[]): Promise<ReadonlyMap<BackendKey, string>> {
    return this.#tree().readKeys(keys);
  }

  async applyAutop(file: Uint8Array, name: string, lenient = false): Promise<AutopResult> {
    const parts = { tree: this.#tree(), log: this.#agent.options.log };
    return applyConfiguration(readConfiguration(file), { name, by: "device", lenient }, parts);
  }

  async exportAutop({ passwords }: { readonly passwords: boolean }): Promise<string> {
    const { backend, config } = this.#agent.options;
    return exportConfiguration({ tree: this.#tree(), backend, identity: config.identity, passwords });
  }

  async checkAutop(): Promise<AutopCheck> {
    return this.#cycle().autop.check();
  }

  async inform(event: LocalEvent): Promise<void> {
    return this.#cycle().raise({ code: event, commandKey: "" });
  }

  async call(account: number, number: string): Promise<void> {
    await this.#calling((calls) => calls.dial(account, number));
  }

  async hangUp(): Promise<void> {
    await this.#calling(async (calls) => calls.hangUp());
  }

  async reboot(): Promise<void> {
    this.#cycle().end({ kind: "reboot", commandKey: "" });
  }

  async factoryReset(): Promise<void> {
    await this.#cycle().phone.lifecycle.update((now) => ({ ...now, resetting: true }));
    this.#cycle().end({ kind: "factory-reset" });
  }

  async #calling(act: (calls: PhoneCalls) => Promise<void>): Promise<void> {
    this.#cycle();
    const { calls } = this.#agent.options.backend;
    if (calls === undefined) throw new AgentError("BACKEND_REFUSED", "this phone cannot place calls");
    try {
      await act(calls);
    } catch (error) {
      throw new AgentError("BACKEND_REFUSED", messageOf(error), { cause: error });
    }
  }

  #cycle(): BootCycle {
    const now = this.#agent.cycle();
    if (now === null) throw new AgentError("PHONE_DOWN", "the phone is restarting: try again in a moment");
    return now;
  }

  #tree(): OpenTree {
    return this.#cycle().phone.tree;
  }
}

async function viewParameters(
  { phone: { tree, attributes } }: BootCycle,
  path: string,
): Promise<readonly ParameterView[]> {
  const refs = tree.find(path);
  // The last known values are more useful to a person than an error.
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

import { type Agent, createAgent } from "../../agent/agent.ts";
import type { OpenBackend } from "../../backends/built-in.ts";
import { createSimulatedEnvironment, type SimulatedEnvironment } from "../../backends/simulated/environment.ts";
import { messageOf } from "../../cwmp/errors.ts";
import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import { openPhoneBackend } from "../open-backend.ts";
import { type OwnParts, PhoneLog, PhonePorts } from "./phone-ports.ts";

import type { SharedParts } from "./shared-parts.ts";

export type { OwnParts } from "./phone-ports.ts";

/** One phone and its agent, not started yet. */
export interface OpenPhone {
  readonly name: string | null;
  readonly agent: Agent;
  readonly backend: Backend;
  /** The network cable and the mains plug, for who simulates what happens to them. */
  readonly environment: SimulatedEnvironment;
  /** Stops the agent, then lets go of the phone. */
  close(): Promise<void>;
}

/** Throws AgentError CONFIG or BACKEND_IO where the phone is a plug-in that cannot be loaded; nothing stays open then. */
export async function createPhone(shared: SharedParts, own: OwnParts): Promise<OpenPhone> {
  const environment = createSimulatedEnvironment();
  const log = own.name === null ? shared.log : new PhoneLog(shared.log, own.name);
  const { clock, scheduler, random, sip } = shared;
  const onHost = {
    host: own.host.host,
    lan: own.host.lan,
    identity: own.identity,
    settings: own.settings ?? NO_SETTINGS,
    storage: own.storage ?? null,
  };
  const open =
    own.backend ?? (await openPhoneBackend(own.kind, onHost, { clock, scheduler, random, log, environment, sip }));
  const ports = new PhonePorts(shared, own, { log, environment, backend: open.backend });
  const phone = new Phone(own.name, createAgent(ports), environment, open);
  environment.onPowerCut(() => phone.agent.local.reboot());
  environment.onCheckSync((reboot) => phone.checkSync(reboot, log));
  return phone;
}

const NO_SETTINGS: ReadonlyMap<BackendKey, string> = new Map();

class Phone implements OpenPhone {
  readonly name: string | null;
  readonly agent: Agent;
  readonly environment: SimulatedEnvironment;
  readonly #open: OpenBackend;

  constructor(name: string | null, agent: Agent, environment: SimulatedEnvironment, open: OpenBackend) {
    this.name = name;
    this.agent = agent;
    this.environment = environment;
    this.#open = open;
  }

  get backend(): Backend {
    return this.#open.backend;
  }

  checkSync(reboot: boolean, log: Logger): void {
    const { local } = this.agent;
    const done = reboot ? local.reboot() : local.checkAutop();
    done.catch((error: unknown) => log.warn({ reason: messageOf(error) }, "check-sync could not be carried out"));
  }

  async close(): Promise<void> {
    await this.agent.stop();
    await this.#open.close();
  }
}

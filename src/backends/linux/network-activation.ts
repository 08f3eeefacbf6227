import { networkInterfaces } from "node:os";
import type { Scheduler } from "../../ports/clock.ts";
import { delay } from "../poll.ts";
import type { Activate, Activation } from "./activation.ts";
import type { LanPlan } from "./lan-settings.ts";

export interface NetworkActivationOptions {
  readonly interfaceName: string;
  /** Null: the host reads the file at the reboot that follows. */
  readonly activateCommand: readonly string[] | null;
  readonly rebootCommand: readonly string[] | null;
  /** Whether the interface has this address, as its first or another; default: looked up on this host. */
  readonly hasAddress?: (address: string) => boolean;
  readonly activate: Activate;
  readonly scheduler: Scheduler;
}

/** Applies the host's network file. */
export interface NetworkActivation {
  /** Runs the command, and waits for the address of the plan for a while. Throws AgentError BACKEND_IO: the command has failed. */
  run(plan: LanPlan, signal: AbortSignal): Promise<void>;
  /** Runs the command alone. Throws as `run` does. */
  runAgain(signal: AbortSignal): Promise<void>;
  /** Whether the plan is in force, as far as can be known: an address from DHCP is not known in advance. */
  hasHappened(plan: LanPlan): boolean;
}

/** How long an address may take to appear. */
const SETTLE_MS = 15_000;
const DHCP_SETTLE_MS = 5_000;
const LOOK_MS = 500;

export function createNetworkActivation(options: NetworkActivationOptions): NetworkActivation {
  const { activate, scheduler, hasAddress = (address) => hostHas(options.interfaceName, address) } = options;
  const activation = activationOf(options);

  async function runAgain(signal: AbortSignal): Promise<void> {
    if (activation !== null) await activate(activation, signal);
  }

  return {
    runAgain,
    async run(plan, signal) {
      if (activation === null) return;
      await runAgain(signal);
      // Sessions must use the new address: one over the old address would prove nothing.
      const limitMs = plan.kind === "static" ? SETTLE_MS : DHCP_SETTLE_MS;
      for (let waitedMs = 0; waitedMs < limitMs && !signal.aborted; waitedMs += LOOK_MS) {
        if (plan.kind === "static" && hasAddress(plan.address)) return;
        await delay(scheduler, LOOK_MS, "wait for the new address", signal);
      }
    },
    hasHappened: (plan) => plan.kind === "dhcp" || hasAddress(plan.address),
  };
}

function activationOf({ activateCommand, rebootCommand }: NetworkActivationOptions): Activation | null {
  const command = activateCommand ?? rebootCommand;
  const setting = activateCommand === null ? "backend.rebootCommand" : "backend.network.activateCommand";
  return command === null ? null : { command, setting, purpose: "network activation" };
}

function hostHas(interfaceName: string, address: string): boolean {
  const addresses = networkInterfaces()[interfaceName] ?? [];
  return addresses.some((one) => one.family === "IPv4" && one.address === address);
}

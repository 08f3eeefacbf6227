import { hostname } from "node:os";
import { join } from "node:path";
import { createHost, type Host } from "../backends/config-file/host.ts";
import type { LanAddresses } from "../backends/phone-keys.ts";
import { type PhoneIdentity, phoneIdentity } from "../config/identity.ts";
import type { Config } from "../config/load-config.ts";
import { AgentError } from "../cwmp/errors.ts";
import type { BackendKey } from "../ports/backend.ts";
import type { PhoneStorage } from "../ports/phone-storage.ts";
import { writeFileAtomic } from "../system/atomic-file.ts";
import { describeIoError } from "../system/io-errors.ts";
import { readPlain } from "../system/safe-file.ts";

/** The computer that the agent runs on, and the identity that the phone of these settings has on it. */
export interface ThisHost {
  readonly host: Host;
  readonly lan: LanAddresses;
  readonly identity: PhoneIdentity;
}

/** One phone on this computer. */
export interface PhoneOnHost extends ThisHost {
  /** Settings that it does not share with its kind, by the phone's keys. */
  readonly settings: ReadonlyMap<BackendKey, string>;
  /** Where a simulated phone without a file keeps its settings and its firmware; null: they end with the process. */
  readonly storage: PhoneStorage | null;
}

type HostConfig = Pick<Config, "phone" | "backend" | "stateFolder">;

export async function lookAtThisHost(config: HostConfig): Promise<ThisHost> {
  const host = createHost({ interfaceName: "interface" in config.backend ? config.backend.interface : null });
  const lan = await host.lan();
  return { host, lan, identity: phoneIdentity(config, { name: await hostName(config), mac: lan.macAddress }) };
}

/** In the state folder: the name that the host had when the phone was first started. */
const NAME_FILE = "host-name";

/**
 * A container that is recreated has another name. With the state folder it keeps the old one, so that the simulated phone
 * whose identity is made from it stays the same phone for the ACS.
 */
async function hostName({ backend, stateFolder }: HostConfig): Promise<string> {
  const kept = backend.type === "simulated" ? await keptName(stateFolder) : "";
  return kept === "" ? hostname() : kept;
}

async function keptName(stateFolder: string): Promise<string> {
  return (await readPlain(join(stateFolder, NAME_FILE)).catch(() => "")).toString().trim();
}

/** To be called once the state folder is this process's own. Throws AgentError STATE_IO. */
export async function keepHostName({ backend, stateFolder }: HostConfig): Promise<void> {
  if (backend.type !== "simulated" || (await keptName(stateFolder)) !== "") return;
  const file = join(stateFolder, NAME_FILE);
  try {
    await writeFileAtomic(file, `${hostname()}\n`, { mode: 0o600 });
  } catch (error) {
    throw new AgentError("STATE_IO", describeIoError("cannot write", file, error), { cause: error });
  }
}

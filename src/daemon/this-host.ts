import { hostname } from "node:os";
import { createHost, type Host } from "../backends/config-file/host.ts";
import type { LanAddresses } from "../backends/phone-keys.ts";
import { type PhoneIdentity, phoneIdentity } from "../config/identity.ts";
import type { Config } from "../config/load-config.ts";

/** The computer that the agent runs on, and the identity that the phone of these settings has on it. */
export interface ThisHost {
  readonly host: Host;
  readonly lan: LanAddresses;
  readonly identity: PhoneIdentity;
}

export async function lookAtThisHost(config: Pick<Config, "phone" | "backend">): Promise<ThisHost> {
  const host = createHost({ interfaceName: "interface" in config.backend ? config.backend.interface : null });
  const lan = await host.lan();
  return { host, lan, identity: phoneIdentity(config, { name: hostname(), mac: lan.macAddress }) };
}

import { createHash } from "node:crypto";
import { formatMac } from "../options/text-rules.ts";
import type { Config } from "./load-config.ts";

/** The phone's identity; it never changes (TR-069 A.3.3.1). */
export interface PhoneIdentity {
  readonly manufacturer: string;
  readonly oui: string;
  readonly modelName: string;
  readonly productClass: string;
  readonly serialNumber: string;
  /** `0c:11:05:0a:b1:c2`. */
  readonly mac: string;
}

/** The facts about this host that an identity is derived from. */
export interface HostFacts {
  readonly name: string;
  /** Of the network interface; empty when there is none. */
  readonly mac: string;
}

/**
 * Fills in what the settings leave open. A simulated phone without a MAC gets one from the host's name, so that
 * containers of one image are different phones, and each is the same after a restart.
 */
export function phoneIdentity(config: Pick<Config, "phone" | "backend">, host: HostFacts): PhoneIdentity {
  const { phone, backend } = config;
  const ofInterface = backend.type !== "simulated" && /[1-9a-f]/i.test(host.mac) ? formatMac(host.mac) : null;
  const mac = phone.mac ?? ofInterface ?? derivedMac(phone.oui, host.name);
  return {
    manufacturer: phone.manufacturer,
    oui: phone.oui,
    modelName: phone.model,
    productClass: phone.productClass ?? phone.model,
    serialNumber: phone.serialNumber ?? mac.replaceAll(":", "").toUpperCase(),
    mac,
  };
}

function derivedMac(oui: string, name: string): string {
  return formatMac(oui + createHash("sha256").update(name).digest("hex").slice(0, 6));
}

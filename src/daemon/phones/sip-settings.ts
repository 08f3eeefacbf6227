import type { Config } from "../../config/load-config.ts";

/** Where the phones of this process speak SIP. */
export interface SipSettings {
  /** An address of this machine; `0.0.0.0` or `::` is every one. */
  readonly address: string;
  /** The UDP port of all phones; null: the port of each account. */
  readonly port: number | null;
  /** How many of the last messages are kept for who looks; 0: none, as with many phones, whose messages would mix. */
  readonly keep: number;
}

/** Null: the lines register by rules, or the phone is not simulated. */
export function sipSettings({ backend }: Pick<Config, "backend">, keep = 0): SipSettings | null {
  if (backend.type !== "simulated" || backend.sip === "rules") return null;
  return { address: backend.sipAddress, port: backend.sipPort, keep };
}

/** Where the phones of this process ask for their AutoP server. */
export interface PnpSettings {
  /** An IPv4 address of this machine; `0.0.0.0`: the one that multicast leaves from. */
  readonly address: string;
  readonly port: number;
}

/** Null: nobody is asked. */
export function pnpSettings({ autop: { enable, pnp } }: Pick<Config, "autop">): PnpSettings | null {
  return enable && pnp.enable ? { address: pnp.address, port: pnp.port } : null;
}

import type { SipProtocol } from "../../ports/sip.ts";
import type { SipServer } from "../../sip/locate.ts";
import type { SipAccount } from "../../sip/registration/account.ts";
import type { SettingsInForce } from "../hardware.ts";
import { accountKey, isOn } from "../phone-keys.ts";

const DEFAULT_PORT = 5060;
const DEFAULT_LISTEN_PORT = 5062;
const DEFAULT_EXPIRES_S = 1_800;
const DEFAULT_KEEP_ALIVE_S = 30;
/** `SIP.TransType`; 3 takes transport and port from the DNS. */
const PROTOCOLS: readonly SipProtocol[] = ["UDP", "TCP", "TLS"];
const DNS_SRV = "3";

/** An account by the phone's settings: to be registered, disabled, or invalid because of a mistake. */
export type AccountSetting =
  | { readonly kind: "off" }
  | { readonly kind: "incomplete"; readonly reason: string }
  | { readonly kind: "on"; readonly account: SipAccount };

/** An account by the settings in force. `userAgent` is the phone's own, for an account without one. */
export function accountSetting(setting: SettingsInForce, number: number, userAgent: string): AccountSetting {
  const item = (name: string): string => setting(accountKey(number, name)) ?? "";
  if (!isOn(item("GENERAL.Enable"))) return { kind: "off" };
  const user = item("GENERAL.UserName");
  const servers = [serverOf(item, "SIP.Server", "SIP.Port"), serverOf(item, "SIP.Server2", "SIP.Port2")];
  const [first] = servers;
  if (first === undefined || first === null) return { kind: "incomplete", reason: "no SIP server is set" };
  if (user === "") return { kind: "incomplete", reason: "no user name is set" };
  const account: SipAccount = {
    user,
    display: item("GENERAL.DisplayName"),
    authName: item("GENERAL.AuthName") || user,
    password: item("GENERAL.Pwd"),
    servers: servers.filter((server) => server !== null),
    proxy: isOn(item("OUTPROXY.Enable")) ? serverOf(item, "OUTPROXY.Server", "OUTPROXY.Port") : null,
    expiresSeconds: numberOf(item("REG.Timeout"), 1, 86_400) ?? DEFAULT_EXPIRES_S,
    localPort: numberOf(item("SIP.ListenPort"), 1, 65_535) ?? DEFAULT_LISTEN_PORT,
    keepAliveSeconds: keepAliveSeconds(item),
    userAgent: item("GENERAL.UserAgent") || userAgent,
  };
  return { kind: "on", account };
}

type Item = (name: string) => string;

function serverOf(item: Item, hostItem: string, portItem: string): SipServer | null {
  const host = item(hostItem).replace(/^\[(.*)\]$/, "$1");
  if (host === "") return null;
  const transport = item("SIP.TransType");
  if (transport === DNS_SRV) return { host, port: null, protocol: null };
  const protocol = PROTOCOLS[Number(transport)] ?? "UDP";
  return { host, port: numberOf(item(portItem), 1, 65_535) ?? DEFAULT_PORT, protocol };
}

/** On unless the settings say otherwise, as on the phone. */
function keepAliveSeconds(item: Item): number {
  const enable = item("NAT.UdpKeepEnable");
  if (enable !== "" && !isOn(enable)) return 0;
  return numberOf(item("NAT.UdpKeepInterval"), 5, 3_600) ?? DEFAULT_KEEP_ALIVE_S;
}

/** Null unless it is a whole number of that range. */
function numberOf(text: string, low: number, high: number): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : null;
}

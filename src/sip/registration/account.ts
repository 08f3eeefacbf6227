import type { SipServer } from "../locate.ts";
import type { SipHeader } from "../message/message.ts";
import { hostPort, hostText, nameAddressText, uriText } from "../message/uri.ts";

/** An account as a phone's settings describe it. */
export interface SipAccount {
  /** The user part of its address. */
  readonly user: string;
  /** Empty: none. */
  readonly display: string;
  readonly authName: string;
  readonly password: string;
  /** The registrar, and others for when it does not answer, in the order of trying. At least one. */
  readonly servers: readonly SipServer[];
  /** Where requests are sent instead of to the server that they are for; null: there. */
  readonly proxy: SipServer | null;
  /** The requested duration of a registration. */
  readonly expiresSeconds: number;
  /** Where the phone hears SIP over UDP. */
  readonly localPort: number;
  /** The interval of NAT keep-alives; 0: never. */
  readonly keepAliveSeconds: number;
  readonly userAgent: string;
}

/** `Line.{i}.Status` of TR-104, as far as a registration makes it. */
export type LineStatus = "Disabled" | "Initializing" | "Registering" | "Up" | "Unregistering" | "Error";

/**
 * The Route header that outbound requests begin with (RFC 3261 8.1.2): it identifies the requested service to the
 * proxy.
 */
export function proxyRoute(proxy: SipServer | null): readonly SipHeader[] {
  if (proxy === null) return [];
  const { host, port, protocol } = proxy;
  const transport = protocol === null || protocol === "UDP" ? "" : `;transport=${protocol.toLowerCase()}`;
  return [{ name: "Route", value: nameAddressText("", `${uriText("", host, port)}${transport};lr`) }];
}

/** The server as a person writes it, for errors. */
export function serverText({ host, port }: SipServer): string {
  return port === null ? hostText(host) : hostPort(host, port);
}

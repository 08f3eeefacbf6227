import { createRateLimit } from "../../connection-request/rate-limit.ts";
import { parseHttpUrl } from "../../cwmp/addresses.ts";
import { createDatagrams } from "../../net/datagrams.ts";
import { createSipTransport } from "../../net/sip/sip-transport.ts";
import type { Pnp } from "../../ports/pnp.ts";
import { PnpClient } from "../../sip/pnp/pnp-client.ts";
import { PNP_GROUP } from "../../sip/pnp/subscription.ts";
import type { SipPorts } from "./sip.ts";
import type { PnpSettings } from "./sip-settings.ts";

/** PnP of all phones of this process. */
export interface PhonesPnp extends Pnp {
  /** Ends every question. */
  close(): Promise<void>;
}

/** Answers to NOTIFY requests, of all phones together. */
const ANSWERS = { count: 200, windowMs: 1_000 };

/** @param isAllowed of host names: where files may be fetched from; absent: everywhere */
export function openPnp(
  { address, port }: PnpSettings,
  { clock, scheduler, random, log }: SipPorts,
  isAllowed: (hostname: string) => boolean = () => true,
): PhonesPnp {
  const datagrams = createDatagrams(log);
  return new PnpClient({
    ...{ scheduler, random },
    group: { host: PNP_GROUP, port },
    limit: createRateLimit(clock, ANSWERS),
    openTransport: () =>
      createSipTransport({ datagrams, address, udpPort: 0, tls: { minVersion: "TLSv1.2" }, scheduler }),
    problemOf(text) {
      const url = parseHttpUrl(text);
      if (url === null) return "it is none for an http or https server";
      return isAllowed(url.hostname) ? null : "transfers.allowedHosts does not list its host";
    },
  });
}

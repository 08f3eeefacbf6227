import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { AgentError, messageOf } from "../cwmp/errors.ts";
import type { AcsTransport } from "../ports/acs-transport.ts";
import type { CheckAddress } from "../ports/datagrams.ts";
import { hostFilter } from "../system/host-rules.ts";

/** This host, and private networks: RFC 1918, RFC 4193, link-local. */
const OWN_NETWORKS = [
  ..."127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16".split(" "),
  ..."::1/128 fc00::/7 fe80::/10".split(" "),
];
const ADVICE = "if it is your own, say so with --i-own-this-acs or iOwnThisAcs: true";

/** Whether an address is one of this host or of a private network. */
export function isOwnAddress(address: string): boolean {
  return hostFilter(OWN_NETWORKS)(address);
}

export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveHost: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Throws AgentError CONFIG where one of the hosts has another address than this host's or a private one. */
export async function requireOwnAcs(urls: Iterable<string>, resolve: Resolve = resolveHost): Promise<void> {
  for (const host of new Set([...urls].map(hostOf))) {
    const addresses = await addressesOf(host, resolve);
    const foreign = addresses.find((address) => !isOwnAddress(address));
    if (foreign === undefined) continue;
    const at = foreign === host ? host : `${host} (${foreign})`;
    throw new AgentError("CONFIG", `the ACS ${at} is neither on this host nor in a private network; ${ADVICE}`);
  }
}

/**
 * The same for each session: an ACS may send its phones to another one. Names that were not looked up at the start are
 * refused as foreign addresses are.
 */
export function gateForeignAcs(transport: AcsTransport, urls: Iterable<string>): AcsTransport {
  const known = new Set([...urls].map(hostOf));
  return {
    open(target, signal) {
      const host = hostOf(target.url);
      if (known.has(host) || (isIP(host) !== 0 && isOwnAddress(host))) return transport.open(target, signal);
      const message = `the ACS ${host} is not the one that the fleet was started for; ${ADVICE}`;
      return {
        post: () => Promise.reject(new AgentError("ACS_UNREACHABLE", message)),
        close: async () => {},
      };
    },
  };
}

/**
 * The same for everything else that phones send to, such as file, SIP, STUN, XMPP and time servers: thousands of
 * phones must not flood servers of others.
 */
export const requireOwnAddress: CheckAddress = (address, name) => {
  if (isOwnAddress(address)) return;
  const at = name === address ? name : `${name} (${address})`;
  throw new Error(`${at} is neither on this host nor in a private network; ${ADVICE}`);
};

async function addressesOf(host: string, resolve: Resolve): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return await resolve(host);
  } catch (error) {
    throw new AgentError("CONFIG", `cannot look up the ACS ${host}: ${messageOf(error)}`, { cause: error });
  }
}

/** Of a URL that the settings have checked. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, "$1") : "";
}

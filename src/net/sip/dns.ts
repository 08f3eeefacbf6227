import { lookup, resolveSrv } from "node:dns/promises";
import { messageOf } from "../../cwmp/errors.ts";
import type { ServiceRecord, SipResolver } from "../../ports/sip.ts";

/** Names that have no such records answer one of these. */
const NOTHING_THERE = ["ENOTFOUND", "ENODATA"];

/** The DNS of this machine. Questions that are being asked are not asked twice: a fleet registers at one name. */
export function createSipResolver(): SipResolver {
  return {
    services: shared(servicesOf),
    addresses: shared(addressesOf),
  };
}

async function servicesOf(name: string): Promise<readonly ServiceRecord[]> {
  try {
    return await resolveSrv(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (NOTHING_THERE.includes(code ?? "")) return [];
    throw new Error(`the DNS lookup of ${name} failed: ${code ?? messageOf(error)}`);
  }
}

async function addressesOf(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, order: "ipv4first" }).catch((error: unknown) => {
    throw new Error(`the name ${name} is not known: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}`);
  });
  return found.map(({ address }) => address);
}

function shared<T>(ask: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const asking = new Map<string, Promise<T>>();
  return (name) => {
    const known = asking.get(name);
    if (known !== undefined) return known;
    const asked = ask(name).finally(() => asking.delete(name));
    asking.set(name, asked);
    return asked;
  };
}

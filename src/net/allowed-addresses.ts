/** Which addresses the sockets of this process may send to; a name is judged by what it stands for when it is looked up. */
import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { CheckAddress, Datagrams } from "../ports/datagrams.ts";

/** Where a connection goes, for node:net and node:tls. Throws what the check throws for an address; a name fails like one that is unknown. */
export function checkedHost(
  host: string,
  check: CheckAddress | undefined,
): { readonly host: string; readonly lookup?: LookupFunction } {
  if (check === undefined) return { host };
  const address = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) === 0) return { host, lookup: checkedLookup(check) };
  check(address, host);
  return { host };
}

/** All addresses of a name are looked at: which one is taken is not known yet. */
function checkedLookup(check: CheckAddress): LookupFunction {
  return (name, options, callback) =>
    lookup(name, options, (error, found, family) => {
      try {
        if (error === null) for (const one of addressesIn(found)) check(one, name);
        callback(error, found, family);
      } catch (refusal) {
        callback(refusal as NodeJS.ErrnoException, found, family);
      }
    });
}

function addressesIn(found: string | readonly { readonly address: string }[]): readonly string[] {
  return typeof found === "string" ? [found] : found.map(({ address }) => address);
}

/** A name that stands for such an address does not resolve. */
export function checkedDatagrams(datagrams: Datagrams, check: CheckAddress): Datagrams {
  return {
    async bind(options) {
      const socket = await datagrams.bind(options);
      return {
        local: socket.local,
        send: (bytes, to) => socket.send(bytes, to),
        async resolve(name) {
          const address = await socket.resolve(name);
          check(address, name);
          return address;
        },
        sourceAddress: (to) => socket.sourceAddress(to),
        close: () => socket.close(),
      };
    },
  };
}

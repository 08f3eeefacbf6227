import { isIP } from "node:net";

/** The name or address in a Host header, in lower case and without the port; null where there is none that could be one. */
export function hostOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::\d{1,5})?$/i.exec(header ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, "") ?? null;
}

/** Addresses and `localhost` cannot be pointed at this host by the name server of a site (DNS rebinding). */
export function isFixedHost(host: string): boolean {
  return host === "localhost" || isIP(host) !== 0;
}

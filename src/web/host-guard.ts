import { X509Certificate } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { hostOf, isFixedHost } from "../system/own-host.ts";
import type { WebEnv, WebParts } from "./parts.ts";
import { refuse } from "./refusals.ts";

/**
 * Refuses requests under a name that is not ours: a site that points its own name at this machine (DNS rebinding) would
 * be the same origin as these pages in a browser. Addresses and `localhost` cannot be pointed elsewhere; other names count
 * when the certificate holds them. Ports do not matter.
 */
export function requireOwnHost(tls: WebParts["tls"]): MiddlewareHandler<WebEnv> {
  const certificate = tls === null ? null : new X509Certificate(tls.certificate);
  return async (c, next) => {
    const host = hostOf(c.req.header("host"));
    const own = host !== null && (isFixedHost(host) || certificate?.checkHost(host) !== undefined);
    if (own) return next();
    return refuse(c, 421, "Unknown host name", "Use an address, localhost or a name in the certificate.");
  };
}

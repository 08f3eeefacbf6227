import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { hostInUrl } from "../cwmp/addresses.ts";
import { AgentError, messageOf } from "../cwmp/errors.ts";
import { type ConnectionLimits, capConnections } from "../system/connection-cap.ts";
import { closeServer, listenAt } from "../system/server-port.ts";
import { TLS_POLICY } from "../system/tls-policy.ts";
import type { WebEnv, WebParts } from "./parts.ts";

export interface WebServer {
  /** Where the pages are, such as `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Cuts what is open, live pages too. */
  close(): Promise<void>;
}

export interface WebServerOptions extends WebParts {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Limits for strangers. */
const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const;
/** A browser opens up to six, and one more for each live page. */
const MAX_CONNECTIONS: ConnectionLimits = { total: 64, perSource: 24 };
/** A connection that moves nothing for so long is cut; a live page has a heartbeat more often than that. */
const IDLE_MS = 60_000;
const PORT = { failure: "cannot serve the web page", port: "web.port", address: "web.address" };

/**
 * Serves pages, which are made once certificate and key are known to be good. Throws AgentError LISTEN, or CONFIG for
 * an invalid certificate or key.
 */
export async function serveWebApp(
  { address, port, tls, log }: Pick<WebServerOptions, "address" | "port" | "tls" | "log">,
  create: () => Hono<WebEnv>,
): Promise<WebServer> {
  if (tls !== null) checkTls(tls);
  const app = create();
  const listener = getRequestListener((request, { incoming }) =>
    app.fetch(request, {
      clientAddress: incoming.socket.remoteAddress ?? "",
      authenticated: () => connections.authenticated(incoming.socket),
    }),
  );
  const server = createServer(tls, listener);
  const connections = capConnections(server, MAX_CONNECTIONS);
  server.setTimeout(IDLE_MS);
  await listenAt(server, address, port, PORT);
  server.on("error", (error) => log.warn({ reason: messageOf(error) }, "The web page's listener failed"));
  const bound = server.address() as AddressInfo;
  const url = `${tls === null ? "http" : "https"}://${hostInUrl(bound.address)}:${bound.port}/`;
  return { url, close: () => closeServer(server) };
}

function createServer(tls: WebParts["tls"], listener: RequestListener): Server {
  if (tls === null) return createHttpServer(LIMITS, listener);
  return createHttpsServer({ ...LIMITS, ...TLS_POLICY, cert: tls.certificate, key: tls.key }, listener);
}

function checkTls(tls: NonNullable<WebParts["tls"]>): void {
  try {
    createSecureContext({ ...TLS_POLICY, cert: tls.certificate, key: tls.key });
  } catch (error) {
    const message = `web.certificate and web.key cannot be used together: ${messageOf(error)}`;
    throw new AgentError("CONFIG", message, { cause: error });
  }
}

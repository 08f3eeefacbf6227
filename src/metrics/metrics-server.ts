import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostInUrl } from "../cwmp/addresses.ts";
import { messageOf } from "../cwmp/errors.ts";
import type { Logger } from "../ports/logger.ts";
import { type ConnectionLimits, capConnections } from "../system/connection-cap.ts";
import { hostOf, isFixedHost } from "../system/host-rules.ts";
import { closeServer, listenAt } from "../system/server-port.ts";

export interface MetricsServerOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  readonly source: MetricsSource;
  /** A name with dots under which the figures are asked for too; null, unless given: none. */
  readonly hostName?: string | null;
  readonly log: Logger;
}

/** A `Registry`. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface MetricsServer {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  /** Ends what is open. */
  close(): Promise<void>;
}

const PATH = "/metrics";
/** Limits for strangers. */
const LIMITS = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000 } as const;
const MAX_CONNECTIONS: ConnectionLimits = { total: 32, perSource: 8 };

/** Serves GET and HEAD of /metrics, and nothing else. Throws AgentError LISTEN. */
export async function openMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(LIMITS, (request, response) => {
    respond(options, request, response).catch((error) => {
      options.log.error({ reason: messageOf(error) }, "The metrics could not be served");
      send(response, 500, { ...TEXT }, "The metrics could not be read; the log says why.\n");
    });
  });
  capConnections(server, MAX_CONNECTIONS);
  await listenAt(server, options.address, options.port, PORT);
  server.on("error", (error) => options.log.error({ reason: messageOf(error) }, "The metrics port has failed"));
  const { address, port } = server.address() as AddressInfo;
  return { url: `http://${hostInUrl(address)}:${port}${PATH}`, close: () => closeServer(server) };
}

const PORT = { failure: "cannot serve metrics", port: "metrics.port", address: "metrics.address" };
const TEXT = { "Content-Type": "text/plain; charset=utf-8" } as const;

async function respond(
  { source, hostName = null }: MetricsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
) {
  // A site that points its own name at this machine would be allowed to read the figures in a browser; no site has a name
  // without a dot, as those of a container or of a plain host are.
  const host = hostOf(request.headers.host);
  if (host === null || !(isFixedHost(host) || !host.includes(".") || host === hostName))
    return send(response, 421, TEXT, "Ask for an address, localhost, a name without a dot, or metrics.hostName.\n");
  const [path] = (request.url ?? "").split("?", 1);
  if (path !== PATH) return send(response, 404, TEXT, `There is ${PATH} here.\n`);
  if (request.method !== "GET" && request.method !== "HEAD")
    return send(response, 405, { ...TEXT, Allow: "GET, HEAD" }, "Only GET and HEAD are allowed.\n");
  return send(response, 200, { "Content-Type": source.contentType }, await source.metrics());
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, {
    ...headers,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  // Node leaves the body out where HEAD was asked.
  response.end(body);
}

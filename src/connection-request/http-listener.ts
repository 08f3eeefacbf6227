import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ConnectionLimits, capConnections } from "../system/connection-cap.ts";
import { closeServer, listenAt } from "../system/server-port.ts";

/** Limits for strangers (C-283). */
export interface HttpLimits {
  /** Open connections; beyond that the oldest one that has not logged in goes. Default 256, and 32 of one source. */
  readonly connections: ConnectionLimits;
  /** Request line and headers, in bytes; above it 431. Default 8192. */
  readonly headerBytes: number;
  /** A request's body, which is ignored (C-218); above it the connection is cut. Default 65536. */
  readonly bodyBytes: number;
  /** Until the headers are complete; then 408. Default 5000. */
  readonly headersTimeoutMs: number;
  /** Until the request is complete. Default 10000. */
  readonly requestTimeoutMs: number;
  /** An idle connection is kept that long, so that the ACS can answer the 401 on it (C-226). Default 5000. */
  readonly keepAliveTimeoutMs: number;
  /** Requests on one connection. Default 20. */
  readonly requestsPerConnection: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  connections: { total: 256, perSource: 32 },
  headerBytes: 8192,
  bodyBytes: 65_536,
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 5000,
  requestsPerConnection: 20,
};

export interface HttpListenerOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  readonly limits: HttpLimits;
  /** @param authenticated to be called where the request has logged in: its connection outlives others. */
  onRequest(request: IncomingMessage, response: ServerResponse, authenticated: () => void): void;
  /** A connection was closed because there are too many. */
  onDrop(from: string | undefined): void;
  /** The listener itself failed, such as for want of file descriptors; it goes on. */
  onError(error: Error): void;
}

export interface HttpListener {
  readonly address: string;
  readonly port: number;
  /** Cuts what is open. */
  close(): Promise<void>;
}

const PORT = {
  failure: "cannot listen for connection requests",
  port: "listen port",
  address: "the listen address, or 0.0.0.0 for all",
};

/** Throws AgentError LISTEN. */
export async function openHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const server = createBoundedServer(options);
  await listenAt(server, options.address, options.port, PORT);
  server.on("error", (error) => options.onError(error));
  const { address, port } = server.address() as AddressInfo;
  return { address, port, close: () => closeServer(server) };
}

function createBoundedServer({ limits, onRequest, onDrop }: HttpListenerOptions): Server {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // How often the two timeouts above are looked at.
    connectionsCheckingInterval: Math.max(10, Math.min(1000, limits.headersTimeoutMs / 5)),
    requireHostHeader: false,
  });
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  server.on("request", (request, response) => {
    boundBody(request, limits.bodyBytes);
    onRequest(request, response, () => connections.authenticated(request.socket));
  });
  const connections = capConnections(server, limits.connections, onDrop);
  return server;
}

/** Reads the body away without keeping it. */
function boundBody(request: IncomingMessage, limitBytes: number): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limitBytes) request.socket.destroy();
  });
  // The ACS went away in the middle of it: nothing is lost.
  request.on("error", () => {});
}

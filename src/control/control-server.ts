import { createServer, type RequestListener } from "node:http";
import type { Hono } from "hono";
import { closeServer, openPort } from "../system/server-port.ts";
import { makeSocket } from "./socket-place.ts";

export interface ControlServer {
  readonly path: string;
  /** Cuts what is open, and removes the socket if it is still its own. */
  close(): Promise<void>;
}

/** Commands come one by one; a few of them may follow the sessions. */
const MAX_CONNECTIONS = 64;

/** Serves the API on a Unix socket for its owner alone; it is loaded with the first command. Throws AgentError LISTEN. */
export async function startControlServer(
  loadApi: () => Promise<Hono>,
  path: string,
  maxConnections = MAX_CONNECTIONS,
): Promise<ControlServer> {
  const server = createServer(
    { headersTimeout: 5000, requestTimeout: 30_000, keepAliveTimeout: 5000, maxHeaderSize: 16_384 },
    whenAsked(loadApi),
  );
  server.maxConnections = maxConnections;
  const socket = await makeSocket(path, (made) => openPort(server, { path: made })).catch(async (error: unknown) => {
    await closeServer(server);
    throw error;
  });
  server.on("error", () => {
    // Accepting failed, such as for want of file descriptors; it goes on.
  });
  return {
    path,
    async close() {
      await socket.remove();
      await closeServer(server);
    },
  };
}

/** Loaded on demand, to save the memory of the API in a phone without local users. */
function whenAsked(loadApi: () => Promise<Hono>): RequestListener {
  let listener: Promise<RequestListener> | null = null;
  const load = async (): Promise<RequestListener> => {
    const { getRequestListener } = await import("@hono/node-server");
    const api = await loadApi();
    // Its globals stay as they are: the agent's own connections use them.
    return getRequestListener(api.fetch, { overrideGlobalObjects: false });
  };
  return (request, response) => {
    listener ??= load();
    listener.then(
      (answer) => answer(request, response),
      () => response.writeHead(500).end(),
    );
  };
}

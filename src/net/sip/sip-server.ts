import { once } from "node:events";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { messageOf } from "../../cwmp/errors.ts";
import type { Datagrams, InternetAddress } from "../../ports/datagrams.ts";
import type { SipListener } from "../../ports/sip.ts";
import { hostPort } from "../../sip/message/uri.ts";
import { capConnections } from "../../system/connection-cap.ts";
import { TLS_POLICY } from "../../system/tls-policy.ts";
import { nodeTls } from "../node-tls.ts";
import { datagramFlow } from "./datagram-flow.ts";
import { streamFlow } from "./stream-flow.ts";

export interface SipServerOptions {
  readonly datagrams: Datagrams;
  readonly address: string;
  /** UDP and TCP; 0: any free one, the same for both. */
  readonly port: number;
  /** PEM, for TLS; null: none is spoken. */
  readonly tls: { readonly port: number; readonly cert: string; readonly key: string } | null;
  readonly listener: SipListener;
}

/** A SIP server's sockets. */
export interface SipServerSockets {
  readonly port: number;
  /** Null: no TLS. */
  readonly tlsPort: number | null;
  close(): Promise<void>;
}

/** A fleet may come from one address. */
const LIMITS = { total: 20_000, perSource: 20_000 };

/** A port that is free for UDP may be taken for TCP. */
const MAX_TRIES = 20;

/** Throws an Error that names the port that cannot be opened; nothing stays open then. */
export async function openSipServer(options: SipServerOptions): Promise<SipServerSockets> {
  for (let tries = 1; ; tries++) {
    try {
      return await openSockets(options);
    } catch (error) {
      if (options.port !== 0 || tries === MAX_TRIES) throw error;
    }
  }
}

async function openSockets(options: SipServerOptions): Promise<SipServerSockets> {
  const { datagrams, address, port, tls, listener } = options;
  let local: InternetAddress = { host: address, port };
  const onMessage = (bytes: Uint8Array, from: InternetAddress): void =>
    listener.received(bytes, datagramFlow(socket, from, local));
  const socket = await datagrams.bind({ address, port, purpose: "SIP", onMessage });
  local = { host: address, port: socket.local.port };
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const close = async (): Promise<void> => {
    for (const connection of sockets) connection.destroy();
    await Promise.all([socket.close(), ...servers.map(closeServer)]);
  };
  try {
    const tcp = createTcpServer((connection) => void streamFlow(connection, "TCP", listener));
    servers.push(tcp);
    await listen(tcp, address, local.port, sockets);
    const secure = tls === null ? null : createTlsServer(tls, listener);
    if (secure !== null && tls !== null) {
      servers.push(secure);
      await listen(secure, address, tls.port, sockets);
    }
    return { port: local.port, tlsPort: secure === null ? null : portOf(secure), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createTlsServer(
  { cert, key }: { readonly cert: string; readonly key: string },
  listener: SipListener,
): Server {
  return nodeTls().createServer({ ...TLS_POLICY, cert, key }, (socket) => void streamFlow(socket, "TLS", listener));
}

async function listen(server: Server, address: string, port: number, sockets: Set<Socket>): Promise<void> {
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  capConnections(server, LIMITS);
  server.listen(port, address);
  await once(server, "listening").catch((error: unknown) => {
    throw new Error(`cannot listen for SIP on ${hostPort(address, port)}: ${messageOf(error)}`);
  });
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, "close");
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}

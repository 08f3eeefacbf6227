import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { Clock } from "../ports/clock.ts";

/**
 * Reports the messages of each connection to an observer, from the CPE's point of view: `sent` is what the CPE posted,
 * `received` what it was answered. A session of the trace is the POSTs of one connection up to the empty answer.
 */
export interface WireLog {
  connected(socket: Socket): void;
  posted(socket: Socket, body: string, authorized: boolean): void;
  answered(socket: Socket, status: number, body: string | null): void;
}

interface Connection {
  readonly connectedAt: number;
  /** Null between sessions. */
  session: number | null;
}

export function createWireLog(observer: WireObserver | undefined, clock: Clock): WireLog {
  if (observer === undefined) return { connected: () => {}, posted: () => {}, answered: () => {} };
  const connections = new WeakMap<Socket, Connection>();
  let sessions = 0;
  const open = (socket: Socket, connection: Connection): number => {
    if (connection.session !== null) return connection.session;
    sessions += 1;
    connection.session = sessions;
    announce(observer, sessions, socket, connection.connectedAt);
    return sessions;
  };
  const end = (connection: Connection): void => {
    if (connection.session !== null) observer(connection.session, clock.now(), { kind: "closed", error: null });
    connection.session = null;
  };
  return {
    connected(socket) {
      const connection: Connection = { connectedAt: clock.now(), session: null };
      connections.set(socket, connection);
      socket.once("close", () => end(connection));
    },
    posted(socket, body, authorized) {
      const connection = connections.get(socket);
      if (connection === undefined) return;
      const bytes = Buffer.byteLength(body);
      const session = open(socket, connection);
      observer(session, clock.now(), { kind: "sent", body: body === "" ? null : body, bytes, authorized });
    },
    answered(socket, status, body) {
      const connection = connections.get(socket);
      if (connection === undefined || connection.session === null) return;
      observer(connection.session, clock.now(), {
        kind: "received",
        status,
        body,
        bytes: Buffer.byteLength(body ?? ""),
      });
      if (status === 204) end(connection);
    },
  };
}

function announce(observer: WireObserver, session: number, socket: Socket, at: number): void {
  observer(session, at, { kind: "connected", address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 });
  if (!(socket instanceof TLSSocket)) return;
  const protocol = socket.getProtocol() ?? "TLS";
  observer(session, at, { kind: "secured", protocol, cipher: socket.getCipher().name });
}

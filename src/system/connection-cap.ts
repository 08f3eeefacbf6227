import type { Server, Socket } from "node:net";
import { plainAddress, sourceOf } from "./request-source.ts";

/** How many connections a listener holds open. */
export interface ConnectionLimits {
  readonly total: number;
  /** Of one source (`sourceOf`). */
  readonly perSource: number;
}

/** The connections of one listener. Beyond a limit the oldest one that has not logged in goes; if all have, the new one does. */
export interface CappedConnections {
  /** Marks a connection as logged in: it is not closed to make room for others. Also accepts its TLS socket. */
  authenticated(socket: Pick<Socket, "remoteAddress" | "remotePort">): void;
}

interface Connection {
  readonly socket: Socket;
  readonly key: string;
  readonly source: string;
  readonly address: string;
  authenticated: boolean;
}

/** @param onDrop hears of each connection that had to go. */
export function capConnections(
  server: Server,
  { total, perSource }: ConnectionLimits,
  onDrop: (from: string | undefined) => void = () => {},
): CappedConnections {
  /** Oldest first. */
  const open = new Map<string, Connection>();
  const counts = new Map<string, number>();
  const count = (source: string, change: 1 | -1): number => {
    const now = (counts.get(source) ?? 0) + change;
    if (now === 0) counts.delete(source);
    else counts.set(source, now);
    return now;
  };
  const remove = (connection: Connection): void => {
    if (open.get(connection.key) !== connection) return;
    open.delete(connection.key);
    count(connection.source, -1);
  };
  /** The oldest connection of the source with the most connections that have not logged in. */
  const dropOne = (among: readonly Connection[], by: "source" | "address"): void => {
    const victim = largestGroup(among, by)[0] ?? among.at(-1);
    if (victim === undefined) return;
    remove(victim);
    victim.socket.destroy();
    onDrop(victim.address);
  };

  server.on("connection", (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? "");
    const connection = { socket, key: keyOf(socket), source: sourceOf(address), address, authenticated: false };
    open.set(connection.key, connection);
    const own = count(connection.source, 1);
    socket.once("close", () => remove(connection));
    if (own > perSource)
      dropOne(
        [...open.values()].filter(({ source }) => source === connection.source),
        "address",
      );
    else if (open.size > total) dropOne([...open.values()], "source");
  });

  return {
    authenticated(socket) {
      const connection = open.get(keyOf(socket));
      if (connection !== undefined) connection.authenticated = true;
    },
  };
}

function largestGroup(among: readonly Connection[], by: "source" | "address"): readonly Connection[] {
  const groups = new Map<string, Connection[]>();
  for (const connection of among) {
    if (connection.authenticated) continue;
    const group = groups.get(connection[by]) ?? [];
    groups.set(connection[by], group);
    group.push(connection);
  }
  return [...groups.values()].reduce((one, other) => (other.length > one.length ? other : one), []);
}

function keyOf({ remoteAddress, remotePort }: Pick<Socket, "remoteAddress" | "remotePort">): string {
  return `${remoteAddress} ${remotePort}`;
}

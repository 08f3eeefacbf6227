/** The port of a server: how it is opened and closed, and what to do where it cannot be had. */
import type { Server as HttpServer } from "node:http";
import type { ListenOptions, Server } from "node:net";
import { hostInUrl } from "../cwmp/addresses.ts";
import { AgentError, messageOf } from "../cwmp/errors.ts";

export interface PortNames {
  /** What the port is for, as in `cannot serve metrics`. */
  readonly failure: string;
  /** How a person calls the two settings, such as `metrics.port`. */
  readonly port: string;
  readonly address: string;
}

/** Rejects with the error of node; the server takes connections when it resolves. */
export function openPort(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** As `openPort`. Throws AgentError LISTEN that says what to do. */
export async function listenAt(server: Server, host: string, port: number, names: PortNames): Promise<void> {
  try {
    await openPort(server, { host, port });
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port, names);
  }
}

/** @param host null: every address */
export function listenError(
  error: NodeJS.ErrnoException,
  host: string | null,
  port: number,
  names: PortNames,
): AgentError {
  const place = `${host === null ? "*" : hostInUrl(host)}:${port}`;
  return new AgentError("LISTEN", `${names.failure} on ${place}: ${adviceFor(error, names)}`, { cause: error });
}

function adviceFor(error: NodeJS.ErrnoException, { port, address }: PortNames): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `the port is in use; stop the program that uses it, or set another ${port}`;
    case "EACCES":
      return `not permitted; ports below 1024 need root: set a ${port} from 1024 on`;
    case "EADDRNOTAVAIL":
      return `this host has no such address; set one of its own as ${address}`;
    case "ENOTFOUND":
      return `the name is not known; set an IP address of this host as ${address}`;
    default:
      return `${messageOf(error)}; set another ${port} or ${address}`;
  }
}

/** Cuts what is open. */
export function closeServer(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    // An error says that it is closed already.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

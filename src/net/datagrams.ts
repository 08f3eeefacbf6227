import { createSocket, type Socket, type SocketOptions } from "node:dgram";
import { lookup as lookUp } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIP, isIPv4, isIPv6 } from "node:net";
import { messageOf } from "../cwmp/errors.ts";
import type { BindOptions, DatagramSocket, Datagrams, InternetAddress } from "../ports/datagrams.ts";
import type { Logger } from "../ports/logger.ts";
import { listenError } from "../system/server-port.ts";

/** An IPv4 address as a socket for both kinds shows it. */
const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const EVERY_IPV4 = "0.0.0.0";
/** Hosts without IPv6 answer one of these. */
const NO_IPV6 = ["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL", "EPROTONOSUPPORT"];

/** UDP by node:dgram. @param log receives socket errors; the sockets continue. */
export function createDatagrams(log: Logger): Datagrams {
  return {
    async bind(options) {
      const { address, port, purpose = "UDP connection requests" } = options;
      try {
        if (address !== null) return await open(options, address, log);
        return await open(options, "::", log).catch((error: NodeJS.ErrnoException) => {
          if (!NO_IPV6.includes(error.code ?? "")) throw error;
          return open(options, EVERY_IPV4, log);
        });
      } catch (error) {
        throw listenError(error as NodeJS.ErrnoException, address, port, {
          failure: `cannot listen for ${purpose}`,
          port: "UDP port",
          address: "the listen address",
        });
      }
    },
  };
}

async function open(options: BindOptions, host: string, log: Logger): Promise<DatagramSocket> {
  const { address, port, group, onMessage } = options;
  const type = isIPv6(host) ? "udp6" : "udp4";
  const socket = createSocket({ type, reuseAddr: group !== undefined, lookup: addressOf });
  await bound(socket, group ?? host, port);
  if (group !== undefined) join(socket, group, host);
  socket.on("error", (error) => log.debug({ reason: error.message }, "a UDP socket has failed"));
  socket.on("message", (bytes, from) => onMessage(bytes, { host: plain(from.address), port: from.port }));
  return new DgramSocket(socket, { host: address, port: socket.address().port });
}

/** Node looks up the address of each datagram: one that is an IP address already costs nothing then. */
const addressOf: SocketOptions["lookup"] = (host, options, callback) => {
  const family = isIP(host);
  if (family === 0) lookUp(host, options, callback);
  else callback(null, host, family);
};

/** Closes the socket where the host has no such interface. */
function join(socket: Socket, group: string, host: string): void {
  try {
    socket.addMembership(group, host === EVERY_IPV4 ? undefined : host);
  } catch (error) {
    socket.close();
    throw error;
  }
}

function bound(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port }, () => {
      socket.removeAllListeners("error");
      resolve();
    });
  });
}

class DgramSocket implements DatagramSocket {
  readonly local: DatagramSocket["local"];
  readonly #socket: Socket;
  readonly #family: "both" | "IPv4" | "IPv6";
  /** The address of this machine that it is bound to; null: every one. */
  readonly #own: string | null;
  #closed = false;
  #underWay = 0;
  #onIdle: () => void = () => {};

  constructor(socket: Socket, local: DatagramSocket["local"]) {
    this.#socket = socket;
    this.local = local;
    const { address } = socket.address();
    this.#family = address === "::" ? "both" : isIPv6(address) ? "IPv6" : "IPv4";
    this.#own = local.host === null ? null : plain(address);
  }

  send(bytes: Uint8Array, { host, port }: InternetAddress): void {
    // Failures count as lost datagrams: callers that need an answer wait for it.
    if (this.#closed) return;
    this.#underWay += 1;
    this.#socket.send(bytes, port, this.#onWire(host), () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle();
    });
  }

  async resolve(name: string): Promise<string> {
    const found = await lookup(name, { all: true, order: "ipv4first" }).catch((error: unknown) => {
      throw new Error(`the name ${name} is not known: ${messageOf(error)}`);
    });
    const usable = found.find(({ family }) => this.#family === "both" || this.#family === `IPv${family}`);
    if (usable === undefined) throw new Error(`${name} has no ${this.#family} address`);
    return plain(usable.address);
  }

  /** A connected socket sends nothing on its own, and knows the address that it would send from. */
  sourceAddress({ host, port }: InternetAddress): Promise<string> {
    if (this.#own !== null) return Promise.resolve(this.#own);
    const scout = createSocket(isIPv4(host) ? "udp4" : "udp6");
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        scout.close();
        settle();
      };
      scout.once("error", (error) => end(() => reject(new Error(`no route leads to ${host}: ${error.message}`))));
      scout.connect(port, host, () => {
        const { address: own } = scout.address();
        end(() => resolve(plain(own)));
      });
    });
  }

  /** After what is still to leave: node forgets that when a socket is closed. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #onWire(host: string): string {
    return this.#family === "both" && isIPv4(host) ? `::ffff:${host}` : host;
  }
}

function plain(host: string): string {
  return (MAPPED_IPV4.exec(host)?.[1] ?? host).replace(/%.*$/, "");
}

import { isIPv4, isIPv6 } from "node:net";
import type { Scheduler } from "../../ports/clock.ts";
import type { CheckAddress, DatagramSocket, Datagrams, InternetAddress } from "../../ports/datagrams.ts";
import type { SipListener, SipTransport, SipVoice } from "../../ports/sip.ts";
import { sourceOf } from "../../system/request-source.ts";
import { secureContextOf, type TlsOptions } from "../connector.ts";
import { createSipConnections } from "./connections.ts";
import { datagramFlow } from "./datagram-flow.ts";
import { createPortUsers } from "./port-users.ts";

export interface SipTransportOptions {
  readonly datagrams: Datagrams;
  /** The address of this machine that SIP is spoken on; null: every one. */
  readonly address: string | null;
  /** One UDP port for all phones; null: the port that each `open` asks for. */
  readonly udpPort: number | null;
  readonly tls: TlsOptions;
  readonly scheduler: Scheduler;
  /** Of servers; each may be sent to unless given. */
  readonly checkAddress?: CheckAddress | undefined;
}

const CONNECT_MS = 10_000;

/** SIP over UDP, TCP and TLS (RFC 3261 18). Sockets are opened when they are needed. */
export function createSipTransport(options: SipTransportOptions): SipTransport {
  const { datagrams, address, udpPort, tls, scheduler } = options;
  const secureContext = secureContextOf(tls);
  const connections = createSipConnections({ secureContext, scheduler, connectMs: CONNECT_MS, address });
  const sockets = new Map<number, Promise<DatagramSocket>>();
  let listener: SipListener = { received: () => {}, closed: () => {} };
  let isClosed = false;

  function bound(port: number): Promise<DatagramSocket> {
    const known = sockets.get(port);
    if (known !== undefined) return known;
    const onMessage = (bytes: Uint8Array, from: InternetAddress): void => {
      // Answers use the socket, which is open when a message arrives.
      void socket.then((open) => listener.received(bytes, datagramFlow(open, from, localOf(open))));
    };
    const socket = datagrams.bind({ address, port, purpose: "SIP", onMessage });
    sockets.set(port, socket);
    // The port may be free later.
    socket.catch(() => sockets.delete(port));
    return socket;
  }

  const usePort = createPortUsers((port) => {
    const socket = sockets.get(port);
    sockets.delete(port);
    void socket?.then(
      (open) => open.close(),
      () => {},
    );
  });

  return {
    listen(newListener) {
      listener = newListener;
    },
    async open(target, localPort) {
      if (isClosed) throw new Error("SIP has ended");
      checkWay(address, target);
      options.checkAddress?.(target.host, target.name);
      if (target.protocol !== "UDP") return connections.open(target, listener);
      const socket = await bound(udpPort ?? localPort);
      const host = await socket.sourceAddress(target);
      return datagramFlow(socket, target, { host, port: socket.local.port });
    },
    // One port for all phones stays as long as they do.
    usePort: udpPort === null ? usePort : () => () => {},
    speaksTo: (host) => isSameKind(address, host),
    openVoice: (received) => openVoice(options, received),
    async close() {
      isClosed = true;
      connections.close();
      const open = await Promise.allSettled(sockets.values());
      await Promise.all(open.map((socket) => (socket.status === "fulfilled" ? socket.value.close() : undefined)));
    },
  };
}

async function openVoice(
  { datagrams, address }: SipTransportOptions,
  received: Parameters<SipTransport["openVoice"]>[0],
): Promise<SipVoice> {
  const onMessage = (bytes: Uint8Array, from: InternetAddress): void =>
    received(bytes, (answer) => socket.send(answer, from));
  const socket = await datagrams.bind({ address, port: 0, purpose: "RTP", onMessage });
  return { port: socket.local.port, close: () => socket.close() };
}

/** Throws an Error for a server that nothing sent from that address can reach. */
function checkWay(address: string | null, { host }: InternetAddress): void {
  // Multicast goes out by the interface that has the address.
  if (address === null || isMulticast(host)) return;
  if (!isSameKind(address, host)) throw new Error(`the phone speaks SIP on ${address}, and the server is ${host}`);
  if (isLoopback(address) && !isLoopback(host)) {
    throw new Error(`the phone speaks SIP on ${address} only, which reaches no other machine: set backend.sipAddress`);
  }
}

function isSameKind(address: string | null, host: string): boolean {
  return address === null || isIPv6(address) === isIPv6(host);
}

function isMulticast(host: string): boolean {
  const first = isIPv4(host) ? Number(host.split(".")[0]) : 0;
  return first >= 224 && first <= 239;
}

function isLoopback(host: string): boolean {
  return host === "::1" || sourceOf(host) === sourceOf("127.0.0.1");
}

function localOf({ local }: DatagramSocket): InternetAddress {
  return { host: local.host ?? "0.0.0.0", port: local.port };
}

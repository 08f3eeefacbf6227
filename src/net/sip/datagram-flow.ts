import type { DatagramSocket, InternetAddress } from "../../ports/datagrams.ts";
import type { SipFlow } from "../../ports/sip.ts";

/** SIP with one peer over a UDP socket. */
export function datagramFlow(socket: DatagramSocket, remote: InternetAddress, local: InternetAddress): SipFlow {
  return new DatagramFlow(socket, { host: remote.host, port: remote.port }, local);
}

/** A class: a fleet has one for each phone, and one for each datagram that comes. */
class DatagramFlow implements SipFlow {
  readonly protocol = "UDP";
  readonly remote: InternetAddress;
  readonly local: InternetAddress;
  readonly #socket: DatagramSocket;

  constructor(socket: DatagramSocket, remote: InternetAddress, local: InternetAddress) {
    this.#socket = socket;
    this.remote = remote;
    this.local = local;
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.remote);
  }

  toPort(port: number): SipFlow {
    return new DatagramFlow(this.#socket, { host: this.remote.host, port }, this.local);
  }
}

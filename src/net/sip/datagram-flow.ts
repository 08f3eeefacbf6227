import type { DatagramSocket, InternetAddress } from "../../ports/datagrams.ts";
import type { SipFlow } from "../../ports/sip.ts";

/** SIP with one peer over a UDP socket. */
export function datagramFlow(socket: DatagramSocket, remote: InternetAddress, local: InternetAddress): SipFlow {
  return {
    protocol: "UDP",
    remote: { host: remote.host, port: remote.port },
    local,
    send: (bytes) => socket.send(bytes, remote),
    toPort: (port) => datagramFlow(socket, { host: remote.host, port }, local),
  };
}

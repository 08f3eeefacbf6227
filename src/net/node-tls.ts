import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** Node's TLS takes 2 MiB and is loaded when it is needed: a phone whose ACS is reached by http has the memory for itself. */
export function nodeTls(): typeof import("node:tls") {
  return process.getBuiltinModule("node:tls");
}

export function isSecured(socket: Socket): socket is TLSSocket {
  return "encrypted" in socket && socket.encrypted === true;
}

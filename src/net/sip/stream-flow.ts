import type { Socket } from "node:net";
import { messageOf } from "../../cwmp/errors.ts";
import type { SipFlow, SipListener } from "../../ports/sip.ts";
import { createMessageSplitter } from "../../sip/message/splitter.ts";
import { plainAddress } from "../../system/request-source.ts";

/** A peer that does not read costs no more memory than this. */
const MAX_UNSENT_BYTES = 262_144;

/** The answer to a keep-alive (RFC 5626 3.5.1). */
const PONG = Buffer.from("\r\n");

/** SIP over a connection that stands (RFC 3261 18.3). Its messages and its end go to the listener. */
export function streamFlow(socket: Socket, protocol: "TCP" | "TLS", listener: SipListener): SipFlow {
  const flow: SipFlow = {
    protocol,
    remote: { host: plainAddress(socket.remoteAddress ?? ""), port: socket.remotePort ?? 0 },
    local: { host: plainAddress(socket.localAddress ?? ""), port: socket.localPort ?? 0 },
    send(bytes) {
      if (socket.destroyed) return;
      if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy(new Error("the other side does not read"));
      else socket.write(bytes);
    },
  };
  const splitter = createMessageSplitter(() => flow.send(PONG));
  let reason = "the connection was closed";
  socket.setNoDelay(true);
  socket.on("error", (error) => {
    reason = messageOf(error);
  });
  socket.on("data", (bytes: Buffer) => {
    const messages = splitter.push(bytes);
    if (typeof messages === "string") socket.destroy(new Error(messages));
    else for (const message of messages) listener.received(message, flow);
  });
  socket.once("close", () => listener.closed(flow, reason));
  return flow;
}

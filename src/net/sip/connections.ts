import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Scheduler } from "../../ports/clock.ts";
import type { SipFlow, SipListener, SipTarget } from "../../ports/sip.ts";
import { CERTIFICATE_PROBLEMS } from "../certificate-problems.ts";
import { nodeTls } from "../node-tls.ts";
import { streamFlow } from "./stream-flow.ts";

export interface SipConnectionsOptions {
  readonly secureContext: () => SecureContext;
  readonly scheduler: Scheduler;
  /** For TCP and TLS together. */
  readonly connectMs: number;
  /** The address of this machine that connections are made from; null: any. */
  readonly address: string | null;
}

export interface SipConnections {
  /** The connection to that server: the open one, or a new one. Rejects with an Error that states why there is none. */
  open(target: SipTarget, listener: SipListener): Promise<SipFlow>;
  close(): void;
}

/** TCP and TLS to servers, one connection to each for all phones of the process. */
export function createSipConnections(options: SipConnectionsOptions): SipConnections {
  const sockets = new Set<Socket>();
  const flows = new Map<string, Promise<SipFlow>>();
  return {
    open(target, listener) {
      const key = `${target.protocol} ${target.host} ${target.port} ${target.name}`;
      const known = flows.get(key);
      if (known !== undefined) return known;
      const ended = (socket: Socket): void => {
        sockets.delete(socket);
        flows.delete(key);
      };
      const flow = connect(target, options, (socket) => sockets.add(socket), ended, listener);
      flows.set(key, flow);
      return flow;
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function connect(
  target: SipTarget,
  { secureContext, scheduler, connectMs, address }: SipConnectionsOptions,
  opening: (socket: Socket) => void,
  ended: (socket: Socket) => void,
  listener: SipListener,
): Promise<SipFlow> {
  return new Promise((resolve, reject) => {
    const isTls = target.protocol === "TLS";
    const socket = isTls ? openTls(target, address, secureContext()) : connectTcp(tcpOptions(target, address));
    opening(socket);
    const deadline = scheduler.after(connectMs, "SIP connection", () => {
      socket.destroy(new Error(`no connection within ${connectMs / 1000} s`));
    });
    let reason = "the connection was closed";
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reason = failureText(error);
    });
    socket.once("close", () => {
      deadline.cancel();
      ended(socket);
      reject(new Error(reason));
    });
    socket.once(isTls ? "secureConnect" : "connect", () => {
      deadline.cancel();
      resolve(streamFlow(socket, isTls ? "TLS" : "TCP", listener));
    });
  });
}

function tcpOptions({ host, port }: SipTarget, address: string | null) {
  return { host, port, ...(address === null ? {} : { localAddress: address }) };
}

/** Chain and name are always checked, as those of the ACS are. */
function openTls(target: SipTarget, address: string | null, secureContext: SecureContext): Socket {
  return nodeTls().connect({
    ...tcpOptions(target, address),
    ...(isIP(target.name) === 0 ? { servername: target.name } : {}),
    secureContext,
    rejectUnauthorized: true,
  });
}

const FAILURES: Readonly<Record<string, string>> = {
  ...CERTIFICATE_PROBLEMS,
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not answer in TLS: check its port",
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "it has reset the connection",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "no route leads there",
  ENETUNREACH: "no route leads there",
  EINVAL: "no route leads there from the address that this phone listens on",
};

function failureText(error: NodeJS.ErrnoException): string {
  return FAILURES[error.code ?? ""] ?? error.message;
}

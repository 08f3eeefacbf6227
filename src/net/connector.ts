/** Opens the TCP or TLS connections that undici then speaks HTTP on. */
import { X509Certificate } from "node:crypto";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { ConnectionOptions, SecureContext } from "node:tls";
import type { buildConnector } from "undici";
import { AgentError, messageOf } from "../cwmp/errors.ts";
import type { Scheduler } from "../ports/clock.ts";
import type { CheckAddress } from "../ports/datagrams.ts";
import { TLS_POLICY } from "../system/tls-policy.ts";
import { checkedHost } from "./allowed-addresses.ts";
import { isSecured, nodeTls } from "./node-tls.ts";

export interface TlsOptions {
  /** PEM: whom to trust instead of the public CAs. */
  readonly ca?: string;
  /** PEM: the phone's own certificate (with its chain) and key, for an ACS that asks for them. */
  readonly cert?: string;
  readonly key?: string;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
}

export interface ConnectorOptions {
  readonly secureContext: () => SecureContext;
  /** For DNS, TCP and TLS together. */
  readonly connectMs: number;
  readonly scheduler: Scheduler;
  /** The name of the peer, for error messages. */
  readonly peer: string;
  /** Each address may be connected to unless given. */
  readonly checkAddress?: CheckAddress | undefined;
  /** A connection is being opened: destroy it to give up. */
  opening(socket: Socket): void;
  /** It stands, and TLS has verified the other side. */
  opened(socket: Socket): void;
  /** It ended; `error` says why it never stood, null when it did. */
  closed(error: unknown): void;
}

/** How long one address of a name with several may take before the next one is tried as well. */
const NEXT_ADDRESS_MS = 2_500;
const KEEP_ALIVE_PROBE_MS = 60_000;

/**
 * What TLS connections are opened with, made with the first of them. Throws AgentError CONFIG when certificates or key cannot
 * be used: at once, or where all are public CAs never.
 */
export function secureContextOf(tls: TlsOptions): () => SecureContext {
  let context = tls.ca === undefined && tls.cert === undefined ? null : makeSecureContext(tls);
  return () => {
    context ??= makeSecureContext(tls);
    return context;
  };
}

function makeSecureContext({ ca, cert, key, minVersion }: TlsOptions): SecureContext {
  try {
    if (ca !== undefined) checkCertificates(ca);
    return nodeTls().createSecureContext({
      ...TLS_POLICY,
      minVersion,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (error) {
    throw new AgentError("CONFIG", `tls.ca, tls.cert or tls.key cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

/** Node takes no notice of a certificate that it cannot read: then nothing would be trusted, without an error. */
function checkCertificates(pem: string): void {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (certificates === null) throw new Error("tls.ca holds no PEM certificate");
  for (const certificate of certificates) new X509Certificate(certificate);
}

export function createConnector(options: ConnectorOptions): buildConnector.connector {
  return (target, callback) => {
    const secure = target.protocol === "https:";
    let place: Place;
    try {
      place = checkedHost(target.hostname, options.checkAddress);
    } catch (error) {
      options.closed(error);
      return callback(error as Error, null);
    }
    const socket = secure ? openTls(target, place, options.secureContext()) : openTcp(target, place);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    options.opening(socket);
    const deadline = options.scheduler.after(options.connectMs, "ACS connection", () => {
      socket.destroy(timeout(options));
    });
    let failure = new Error("closed before it was open");
    const notOpened = () => {
      deadline.cancel();
      options.closed(failure);
      callback(failure, null);
    };
    socket.once("close", notOpened);
    socket.on("error", (error) => {
      failure = error;
    });
    socket.once(secure ? "secureConnect" : "connect", () => {
      deadline.cancel();
      socket.off("close", notOpened);
      options.opened(socket);
      callback(null, socket);
      // After undici's own listeners, which find out whether an answer was cut off.
      socket.once("close", () => options.closed(null));
    });
  };
}

/** What TLS agreed on; null for a connection without it. */
export function tlsDetails(socket: Socket): { readonly protocol: string; readonly cipher: string } | null {
  if (!isSecured(socket)) return null;
  return { protocol: socket.getProtocol() ?? "", cipher: socket.getCipher().standardName };
}

type Place = ReturnType<typeof checkedHost>;

function openTcp(target: buildConnector.Options, place: Place): Socket {
  return connectTcp({
    ...place,
    port: Number(target.port || 80),
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  });
}

/** Chain and host name are always checked, whatever NODE_TLS_REJECT_UNAUTHORIZED says (C-031, C-284). */
function openTls(target: buildConnector.Options, place: Place, secureContext: SecureContext): Socket {
  const { hostname } = target;
  const options: ConnectionOptions & { autoSelectFamilyAttemptTimeout: number } = {
    ...place,
    port: Number(target.port || 443),
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    secureContext,
    rejectUnauthorized: true,
    ALPNProtocols: ["http/1.1"],
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  };
  return nodeTls().connect(options);
}

function timeout({ peer, connectMs }: ConnectorOptions): AgentError {
  return new AgentError("ACS_TIMEOUT", `${peer}: no connection within ${connectMs / 1000} s`);
}

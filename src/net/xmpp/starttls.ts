import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { SecureVersion, TLSSocket } from "node:tls";
import { TLS_POLICY } from "../../system/tls-policy.ts";
import { nodeTls } from "../node-tls.ts";

/** Certificates and versions for TLS to XMPP servers. */
export interface XmppTls {
  /** PEM; instead of the authorities that Node knows. */
  readonly ca?: string;
  readonly minVersion?: SecureVersion;
}

export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  /** Of the account: the name that the server's certificate must have (RFC 6120 13.7.2). */
  readonly domain: string;
  readonly forceTls: boolean;
  readonly tls: XmppTls;
}

/** What the server's features say of TLS. */
type Offer = "none" | "optional" | "required";

const TLS_NAMESPACE = "urn:ietf:params:xml:ns:xmpp-tls";
/** Far more than the features of any server, or its `proceed`. */
const MAX_TEXT = 64 * 1024;

/**
 * A socket on which a stream to an XMPP server can begin, secured with STARTTLS (RFC 6120 5) where that is forced or the
 * server requires it. `using` is told each socket, so that it can be destroyed meanwhile. Throws an Error.
 */
export async function openStreamSocket(
  target: StreamTarget,
  using: (socket: Socket) => void,
): Promise<Socket | TLSSocket> {
  const socket = await openTcp(target, using);
  const offer = await offerOf(socket, target.domain);
  if (offer === "required" || (offer === "optional" && target.forceTls)) return await secure(socket, target, using);
  socket.destroy();
  if (target.forceTls) throw new Error("the server offers no TLS, and UseTLS is true");
  // A stream has begun on that socket: the real one needs a fresh one.
  return await openTcp(target, using);
}

function openTcp({ host, port }: StreamTarget, using: (socket: Socket) => void): Promise<Socket> {
  const socket = connectTcp({ host, port });
  using(socket);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
    socket.once("connect", () => {
      socket.removeAllListeners();
      // Until its next owner listens, an error must not end the process.
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}

async function offerOf(socket: Socket, domain: string): Promise<Offer> {
  const to = domain.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  socket.write(
    `<?xml version='1.0'?><stream:stream to="${to}" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">`,
  );
  const features = await readUntil(
    socket,
    /<\/(?:[\w-]+:)?features\s*>|<(?:[\w-]+:)?features\s*\/>|<\/(?:[\w-]+:)?stream\s*>/,
  );
  const starttls = /<starttls\b[^>]*?(?:\/>|>([\s\S]*?)<\/starttls\s*>)/.exec(features);
  if (starttls === null) return "none";
  return /<required\b/.test(starttls[1] ?? "") ? "required" : "optional";
}

async function secure(
  socket: Socket,
  { domain, tls }: StreamTarget,
  using: (socket: Socket) => void,
): Promise<TLSSocket> {
  socket.write(`<starttls xmlns="${TLS_NAMESPACE}"/>`);
  const answer = await readUntil(socket, /<(?:proceed|failure)\b[^>]*>/);
  if (!/<proceed\b/.test(answer)) throw new Error("the server refuses to begin TLS");
  const name = isIP(domain) === 0 ? { servername: domain } : {};
  const secured = nodeTls().connect({ socket, host: domain, ...name, ...TLS_POLICY, ...tls });
  using(secured);
  return await new Promise((resolve, reject) => {
    secured.once("error", reject);
    secured.once("close", () => reject(new Error("the connection was closed during the TLS handshake")));
    secured.once("secureConnect", () => {
      secured.removeAllListeners("close");
      secured.on("error", () => {});
      resolve(secured);
    });
  });
}

/** Reads until the pattern is there. Throws when the socket ends or too much has come. */
function readUntil(socket: Socket, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const finish = (settle: () => void): void => {
      socket.off("data", take).off("close", closed);
      socket.pause();
      settle();
    };
    const closed = (): void => finish(() => reject(new Error("the server closed the connection")));
    const take = (data: Buffer): void => {
      text += data.toString("latin1");
      if (pattern.test(text)) finish(() => resolve(text));
      else if (text.length > MAX_TEXT) finish(() => reject(new Error("the server sends something else than XMPP")));
    };
    socket.on("data", take).on("close", closed);
    socket.resume();
  });
}

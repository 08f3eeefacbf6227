import { readFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { hostInUrl } from "../cwmp/addresses.ts";
import { messageOf } from "../cwmp/errors.ts";
import { type ConnectionLimits, capConnections } from "../system/connection-cap.ts";
import { closeServer, openPort } from "../system/server-port.ts";
import { TLS_POLICY } from "../system/tls-policy.ts";
import type { Authenticator } from "./authentication.ts";
import { AcsError } from "./errors.ts";
import type { FileServer } from "./file-server.ts";
import type { WireLog } from "./wire-log.ts";

/** PEM texts. */
export interface AcsTls {
  readonly cert: string;
  readonly key: string;
}

/** A POST of an authenticated CPE. */
export interface CpePost {
  readonly body: string;
  readonly socket: Socket;
  readonly cookie: string | null;
  /** `http://host:port`, as the CPE reaches this ACS: what it has sent as Host. */
  readonly origin: string;
}

/** `envelope` null: an empty answer. */
export interface CpeAnswer {
  readonly status: number;
  readonly envelope: string | null;
  readonly setCookie: string | null;
}

export interface HttpFrontOptions {
  readonly address: string;
  readonly port: number;
  readonly tls: AcsTls | null;
  readonly maxBodyBytes: number;
  /** Default 16,384, and 8,192 of one source. */
  readonly connections?: ConnectionLimits;
  readonly authenticator: Authenticator;
  readonly wire: WireLog;
  readonly files: FileServer;
  readonly answer: (post: CpePost) => Promise<CpeAnswer>;
  readonly onRefused: (address: string, status: number, reason: string) => void;
}

export interface HttpFront {
  readonly port: number;
  close(): Promise<void>;
}

export const SESSION_COOKIE = "cwmp-session";
/** A CPE may think for a long time before it answers; its connection stays open meanwhile. */
const KEEP_ALIVE_MS = 120_000;
/** A lab runs thousands of phones at one address. */
const MAX_CONNECTIONS: ConnectionLimits = { total: 16_384, perSource: 8192 };

/** Opens the ACS's port. Throws AcsError LISTEN. */
export async function openHttpFront(options: HttpFrontOptions): Promise<HttpFront> {
  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response, options, () => connections.authenticated(request.socket)).catch((error: unknown) => {
      options.onRefused(remoteOf(request.socket), 500, messageOf(error));
      response.destroy();
    });
  };
  const server = createServer(options.tls, respond);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Not before the TLS handshake is done: then its outcome is known.
  server.on(options.tls === null ? "connection" : "secureConnection", (socket: Socket) =>
    options.wire.connected(socket),
  );
  const connections = capConnections(server, options.connections ?? MAX_CONNECTIONS, (from) =>
    options.onRefused(from ?? "unknown", 503, "too many connections"),
  );
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closeServer(server),
  };
}

function createServer(
  tls: AcsTls | null,
  respond: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (tls === null) return createHttpServer(respond);
  try {
    return createHttpsServer({ ...tls, ...TLS_POLICY }, respond);
  } catch (cause) {
    throw new AcsError("LISTEN", `the certificate or its key cannot be used: ${messageOf(cause)}`, { cause });
  }
}

async function listen(server: Server, { address, port }: HttpFrontOptions): Promise<void> {
  try {
    await openPort(server, { host: address, port });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? "the port is in use" : message;
    throw new AcsError("LISTEN", `cannot listen on ${hostInUrl(address)}:${port}: ${why}`, { cause });
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpFrontOptions,
  authenticated: () => void,
): Promise<void> {
  const { socket } = request;
  const refuse = (status: number, reason: string): void => {
    options.onRefused(remoteOf(socket), status, reason);
    options.wire.answered(socket, status, null);
    send(response, status, { "content-type": "text/plain; charset=utf-8" }, `${reason}\n`);
  };
  if (await options.files.handle(request, response, authenticated)) return;
  const body = await bodyOf(request, options.maxBodyBytes);
  if (body === null) {
    response.setHeader("connection", "close");
    return refuse(413, `the message is longer than ${options.maxBodyBytes} bytes`);
  }
  if (request.method !== "POST") return refuse(405, "only POST is allowed");
  const { authorization } = request.headers;
  options.wire.posted(socket, body, authorization !== undefined);
  const verdict = options.authenticator.check({ authorization, method: "POST", target: request.url ?? "" });
  if (!verdict.accepted) {
    // The first, unasked request of a session comes without credentials: nothing to report.
    if (authorization !== undefined) options.onRefused(remoteOf(socket), 401, verdict.reason);
    options.wire.answered(socket, 401, null);
    return send(response, 401, { "www-authenticate": [...verdict.challenges] }, "");
  }
  authenticated();
  const answer = await options.answer({ body, socket, cookie: cookieOf(request), origin: originOf(request, options) });
  options.wire.answered(socket, answer.status, answer.envelope);
  send(response, answer.status, headersOf(answer), answer.envelope ?? "");
}

async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  try {
    return await readBody(request, maxBytes);
  } catch (error) {
    if (error instanceof BodyTooLargeError) return null;
    throw error;
  }
}

function headersOf({ envelope, setCookie }: CpeAnswer): Record<string, string> {
  return {
    ...(envelope === null ? {} : { "content-type": "text/xml; charset=utf-8" }),
    ...(setCookie === null ? {} : { "set-cookie": `${SESSION_COOKIE}=${setCookie}; Path=/; HttpOnly` }),
  };
}

function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | string[]>,
  text: string,
): void {
  const bytes = Buffer.from(text, "utf8");
  // 204 has no Content-Length (RFC 9110 8.6).
  response.writeHead(status, status === 204 ? headers : { ...headers, "content-length": String(bytes.length) });
  response.end(bytes);
}

function cookieOf(request: IncomingMessage): string | null {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const own = pairs.find((pair) => pair.startsWith(`${SESSION_COOKIE}=`));
  return own === undefined ? null : own.slice(SESSION_COOKIE.length + 1).replace(/^"(.*)"$/, "$1");
}

const HOST = /^(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

function originOf({ headers, socket }: IncomingMessage, { tls }: HttpFrontOptions): string {
  const { localAddress = "127.0.0.1", localPort = 0 } = socket;
  const address = localAddress.replace(/^::ffff:/, "");
  const own = `${hostInUrl(address)}:${localPort}`;
  const { host = "" } = headers;
  return `${tls === null ? "http" : "https"}://${HOST.test(host) ? host : own}`;
}

function remoteOf(socket: Socket): string {
  return `${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`;
}

/** Reads certificate and key. Throws AcsError LISTEN that names the file. */
export async function readTlsFiles(certFile: string, keyFile: string): Promise<AcsTls> {
  const read = (path: string): Promise<string> =>
    readFile(path, "utf8").catch((cause: unknown) => {
      throw new AcsError("LISTEN", `cannot read ${path}: ${messageOf(cause)}`, { cause });
    });
  return { cert: await read(certFile), key: await read(keyFile) };
}

class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

/** The whole body as UTF-8. Throws BodyTooLargeError at the first byte beyond `maxBytes`; the rest is not read. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new BodyTooLargeError();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > maxBytes) throw new BodyTooLargeError();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A request as its bytes came in. */
export interface RawRequest {
  /** Request line and header lines, each without its line end. */
  readonly lines: readonly string[];
  readonly body: Buffer;
  /** Which TCP connection brought it, counted from 1. */
  readonly connection: number;
  /** The value of a header exactly as sent, without the one space after the colon; undefined where there is none. */
  header(name: string): string | undefined;
}

export interface RawAcs {
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly RawRequest[];
  /** TCP connections so far, and those that are open now. */
  connections(): number;
  open(): number;
  /** Resolves when that many requests have come in. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

/** What to do with the request number `index` (from 0): bytes to send back, or null when `socket` has been dealt with. */
export type RawScript = (request: RawRequest, index: number, socket: Socket) => string | Buffer | null;

/** An ACS made of bare sockets: it shows the bytes that come in and sends exactly the bytes that the script says. */
export async function startRawAcs(script: RawScript, tls?: TlsOptions): Promise<RawAcs> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let connections = 0;

  const take = (socket: Socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (let read = readRequest(pending, connection); read !== null; read = readRequest(pending, connection)) {
        pending = pending.subarray(read.bytes);
        requests.push(read.request);
        for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
        const answer = script(read.request, requests.length - 1, socket);
        if (answer !== null) socket.write(answer);
      }
    });
  };
  const server: Server = tls === undefined ? createTcpServer(take) : createTlsServer(tls, take);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    received: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The bytes of an HTTP answer with the right Content-Length. */
export function httpAnswer(status: number, body = "", ...headers: readonly string[]): string {
  const lines = [`HTTP/1.1 ${status} Whatever`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function readRequest(bytes: Buffer, connection: number): { request: RawRequest; bytes: number } | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const lines = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const header = (name: string) => {
    const line = lines.slice(1).find((text) => text.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return line?.slice(name.length + 1).replace(/^ /, "");
  };
  const length = Number(header("content-length") ?? 0);
  if (bytes.length < end + 4 + length) return null;
  const body = Buffer.from(bytes.subarray(end + 4, end + 4 + length));
  return { request: { lines, body, connection, header }, bytes: end + 4 + length };
}

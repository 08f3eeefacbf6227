import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** How a POST leaves, in pieces. */
export interface RawPost {
  readonly url: string;
  readonly body: string;
  /** Pieces of the body, sent one after the other with a pause between. */
  readonly pieces: readonly string[];
  readonly delayMs: number;
  /** Ends our half of the stream after the pieces, whatever is missing. */
  readonly halfClose: boolean;
  /** PEM: whom to trust instead of the public CAs. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const LIMIT_MS = 30_000;

/** Sends it over a connection of its own, and waits for the answer or the end. Never rejects. */
export async function postRaw(post: RawPost): Promise<void> {
  const url = new URL(post.url);
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const socket =
    url.protocol === "https:"
      ? connectTls({ host, port, ...(post.ca === undefined ? {} : { ca: post.ca }) })
      : connectTcp({ host, port });
  const over = new Promise<void>((resolve) => {
    socket.once("data", () => resolve());
    socket.once("close", () => resolve());
    socket.once("error", () => resolve());
    socket.setTimeout(LIMIT_MS, () => resolve());
    post.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([over, send(socket, url, post)]);
  await over;
  socket.destroy();
}

async function send(socket: Socket, url: URL, { body, pieces, delayMs, halfClose, signal, wait }: RawPost) {
  const length = Buffer.byteLength(body);
  socket.write(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: ""\r\nContent-Length: ${length}\r\n\r\n`,
  );
  for (const piece of pieces) {
    if (signal.aborted || socket.destroyed) return;
    socket.write(piece);
    await wait(delayMs, signal);
  }
  if (halfClose) socket.end();
}

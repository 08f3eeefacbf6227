import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface RawResponse {
  readonly status: number;
  readonly statusLine: string;
  /** In order, with lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The first header of that name. */
  header(name: string): string | undefined;
  headerLines(name: string): readonly string[];
}

/** A TCP client that writes what it is told, right or wrong, and reads answers without a body. */
export interface RawHttpClient {
  readonly socket: Socket;
  write(text: string): void;
  /** The next answer; fails when the connection ends before. */
  response(): Promise<RawResponse>;
  /** A request and its answer. */
  get(target: string, headers?: Readonly<Record<string, string>>): Promise<RawResponse>;
  /** Resolves when the other side has ended the connection, with what had been left unread. */
  closed(): Promise<string>;
  destroy(): void;
}

export async function connectRaw(port: number, host = "127.0.0.1"): Promise<RawHttpClient> {
  const socket = connect({ port, host });
  let unread = "";
  let ended = false;
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    unread += chunk.toString("latin1");
  });
  socket.on("close", () => {
    ended = true;
  });
  await once(socket, "connect");

  const write = (text: string): void => void socket.write(text, "utf8");
  const changed = (): Promise<unknown> =>
    new Promise((resolve) => {
      const done = (): void => {
        socket.off("data", done);
        socket.off("close", done);
        resolve(undefined);
      };
      socket.on("data", done);
      socket.on("close", done);
    });
  const response = async (): Promise<RawResponse> => {
    for (;;) {
      const end = unread.indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = unread.slice(0, end);
        unread = unread.slice(end + 4);
        return parseHead(head);
      }
      if (ended) throw new Error(`the connection ended without an answer: ${JSON.stringify(unread)}`);
      await changed();
    }
  };
  return {
    socket,
    write,
    response,
    get(target, headers = {}) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      write(`GET ${target} HTTP/1.1\r\nHost: phone\r\n${lines.join("")}\r\n`);
      return response();
    },
    async closed() {
      while (!ended) await changed();
      return unread;
    },
    destroy: () => void socket.destroy(),
  };
}

function parseHead(head: string): RawResponse {
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const headerLines = (name: string) => headers.filter(([key]) => key === name).map(([, value]) => value);
  return {
    status: Number(statusLine.split(" ")[1]),
    statusLine,
    headers,
    headerLines,
    header: (name) => headerLines(name)[0],
  };
}

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { openWire, type Wire } from "./disturbed-wire.ts";
import { envelope, type Message, readMessage, rpc } from "./envelopes.ts";
import { type FileServer, startFileServer } from "./file-server.ts";

/** The calls of one session: yields the body of an RPC and is given the phone's answer to it. */
export type Conversation = Generator<string, void, Message>;

/** The ACS's events of a session, in wire order. */
export interface AcsWatcher {
  /** An Inform has come, at this path; its answer goes out next. Whatever this yields is called in the session. */
  informed(inform: Message, path: string): Conversation;
  /** A TransferComplete has come; its answer goes out next. */
  transferred(message: Message): void;
  /** A further request of the same session has come: the phone has read what was answered before. */
  confirmed(): void;
  /** Before each answer. `cut`: the connection is closed instead of it. */
  answering(message: Message): "send" | "cut";
}

export interface CampaignAcs {
  readonly port: number;
  /** The connection between the phone and the ACS. */
  readonly wire: Wire;
  /** `http://127.0.0.1:<port>`, or with https. */
  readonly origin: string;
  /** PEM of the authority that a phone must trust; null without TLS. */
  readonly ca: string | null;
  /** Another server, for the files that the phone looks for by itself. */
  readonly files: FileServer;
  /** Serves this path with these bytes from now on; PUT to any path is taken and dropped. */
  serve(path: string, bytes: Buffer): void;
  watch(watcher: AcsWatcher | null): void;
  close(): Promise<void>;
}

const COOKIE = "campaign";

/** PEM: certificate for 127.0.0.1, its key, and the authority behind it. */
export interface AcsCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** An ACS and file server for one phone at a time, on loopback. */
export async function startAcs(tls: AcsCertificate | null): Promise<CampaignAcs> {
  const served = new Map<string, Buffer>();
  const files = await startFileServer(tls);
  const session = new Sessions();
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => {});
    request.on("end", () => answer(request, Buffer.concat(chunks).toString("utf8"), response));
  };
  const answer = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    response.on("error", () => {});
    const path = request.url ?? "/";
    const file = served.get(path);
    if (request.method === "GET") send(response, file === undefined ? 404 : 200, file ?? "");
    else if (request.method === "PUT") send(response, 201, "");
    else post(session.answer(readMessage(body), path, request.headers.cookie ?? ""), response);
  };
  const server: Server = tls === null ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire = await openWire((server.address() as AddressInfo).port);
  const { port } = wire;
  return {
    port,
    wire,
    origin: `${tls === null ? "http" : "https"}://127.0.0.1:${port}`,
    ca: tls?.ca ?? null,
    files,
    serve: (path, bytes) => void served.set(path, bytes),
    watch: (watcher) => session.watch(watcher),
    async close() {
      await files.close();
      await wire.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly cookie?: string;
}

/** One phone has one session at a time: an Inform begins a new one, and the one before is dead. */
class Sessions {
  #watcher: AcsWatcher | null = null;
  #conversation: Conversation | null = null;
  #number = 0;
  #calls = 0;
  #waiting = false;
  #last: { readonly text: string; readonly reply: Reply } | null = null;

  watch(watcher: AcsWatcher | null): void {
    this.#watcher = watcher;
    this.#conversation = null;
  }

  answer(message: Message, path: string, cookie: string): Reply | "cut" {
    const watcher = this.#watcher;
    if (watcher === null) return { status: 503, body: "" };
    if (message.name === "Inform") return this.#inform(watcher, message, path);
    if (this.#conversation === null || !cookie.includes(`${COOKIE}=${this.#number}`)) return { status: 400, body: "" };
    // The phone sends a request again whose connection died before a byte of the answer: the same answer is due.
    if (this.#last?.text === message.text) return this.#last.reply;
    const reply = this.#request(watcher, this.#conversation, message);
    this.#last = reply === "cut" ? null : { text: message.text, reply };
    return reply;
  }

  #request(watcher: AcsWatcher, conversation: Conversation, message: Message): Reply | "cut" {
    watcher.confirmed();
    if (message.name === "TransferComplete" || message.name === "AutonomousTransferComplete") {
      watcher.transferred(message);
      if (watcher.answering(message) === "cut") return "cut";
      const own = message.name === "TransferComplete";
      const body = own ? rpc.transferCompleteResponse : rpc.autonomousTransferCompleteResponse;
      return { status: 200, body: envelope(message.id, body) };
    }
    const reply = this.#next(conversation, message);
    return watcher.answering(message) === "cut" ? "cut" : reply;
  }

  #inform(watcher: AcsWatcher, message: Message, path: string): Reply | "cut" {
    this.#number += 1;
    this.#waiting = false;
    this.#last = null;
    this.#conversation = watcher.informed(message, path);
    if (watcher.answering(message) === "cut") return "cut";
    const body = envelope(message.id, rpc.informResponse);
    return { status: 200, body, cookie: `${COOKIE}=${this.#number}` };
  }

  #next(conversation: Conversation, message: Message): Reply {
    const step = this.#waiting ? conversation.next(message) : conversation.next();
    this.#waiting = true;
    if (step.done === true) return { status: 204, body: "" };
    this.#calls += 1;
    return { status: 200, body: envelope(`call-${this.#calls}`, step.value) };
  }
}

function post(reply: Reply | "cut", response: ServerResponse): void {
  if (reply === "cut") response.destroy();
  else send(response, reply.status, reply.body, reply.cookie);
}

function send(response: ServerResponse, status: number, body: string | Buffer, cookie?: string): void {
  const headers = {
    "Content-Length": Buffer.byteLength(body),
    ...(body.length > 0 ? { "Content-Type": "text/xml; charset=utf-8" } : {}),
    ...(cookie === undefined ? {} : { "Set-Cookie": `${cookie}; Path=/` }),
  };
  response.writeHead(status, headers).end(body);
}

/** One GET or PUT of a file, with authentication and redirects around it. */
import type { SecureContext } from "node:tls";
import { Client } from "undici";
import { messageOf } from "../cwmp/errors.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";
import type { FileServer } from "../ports/file-transfer.ts";
import type { Random } from "../ports/random.ts";
import { type AnswerHeads, readAnswerHeads } from "./answer-heads.ts";
import { createConnector } from "./connector.ts";
import { type Authenticator, createAuthenticator } from "./digest.ts";
import { serverName } from "./failures.ts";
import type { InsecureWays } from "./insecure-ways.ts";
import { finishPausedAnswer } from "./paused-parser.ts";
import { brokenOff, type Direction, deniedHost, exchangeFault, otherFault, statusFault } from "./transfer-faults.ts";

export interface FileExchangeOptions {
  readonly secureContext: () => SecureContext;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** For DNS, TCP and TLS together. */
  readonly connectMs: number;
  /** Longest silence of the server. */
  readonly silenceMs: number;
  readonly userAgent: string;
  /** Whether files may go to and come from a host (`hostname` of a URL), also where a redirect leads to. */
  readonly isAllowed: (hostname: string) => boolean;
  readonly insecure: InsecureWays;
}

export interface FileAnswer {
  readonly url: URL;
  readonly body: AsyncIterable<Buffer>;
  /** Of the whole file, null where the server does not say. */
  readonly bytes: number | null;
}

export interface FileRequest {
  readonly server: FileServer;
  /** Null: GET. */
  readonly content: Uint8Array | null;
  readonly signal: AbortSignal;
}

const MAX_REDIRECTS = 5;
const MAX_HEADER_BYTES = 65_536;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Hands the answer's body to `take` and waits for it. Throws as FileTransfer says. */
export async function exchangeFile<T>(
  options: FileExchangeOptions,
  request: FileRequest,
  take: (answer: FileAnswer) => Promise<T>,
): Promise<T> {
  let url = new URL(request.server.url);
  const origin = url.origin;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    // A redirect leads to servers that the ACS gave no password for: they get none.
    const known = url.origin === origin;
    if (!options.isAllowed(url.hostname)) throw deniedHost(url);
    const outcome = await new OneServer(options, request, url, known).run(take);
    if (!(outcome instanceof URL)) return outcome.value;
    url = outcome;
  }
  throw otherFault(`more than ${MAX_REDIRECTS} redirects in a row`, directionOf(request));
}

class OneServer {
  readonly #options: FileExchangeOptions;
  readonly #request: FileRequest;
  readonly #url: URL;
  readonly #authenticator: Authenticator;
  readonly #abort = new AbortController();
  #silence: Timer | null = null;
  #heads: AnswerHeads | null = null;
  #answering = false;

  constructor(options: FileExchangeOptions, request: FileRequest, url: URL, known: boolean) {
    this.#options = options;
    this.#request = request;
    this.#url = url;
    this.#authenticator = createAuthenticator({
      username: known ? request.server.username : "",
      password: known ? request.server.password : "",
      random: options.random,
      peer: serverName(url),
      beforeBasic: () => this.#secure(() => options.insecure.basic(url)),
      method: methodOf(request),
    });
  }

  async run<T>(take: (answer: FileAnswer) => Promise<T>): Promise<URL | { readonly value: T }> {
    const { signal } = this.#request;
    const client = this.#client();
    const breakOff = (): void => this.#end(client, brokenOff());
    if (signal.aborted) breakOff();
    signal.addEventListener("abort", breakOff, { once: true });
    try {
      return await this.#exchange(client, take);
    } catch (error) {
      throw signal.aborted
        ? brokenOff()
        : exchangeFault(this.#cause(error), this.#url, this.#direction, this.#answering);
    } finally {
      signal.removeEventListener("abort", breakOff);
      this.#silence?.cancel();
      await client.destroy().catch(() => {});
    }
  }

  get #direction(): Direction {
    return directionOf(this.#request);
  }

  /** Our own reason for ending it, rather than undici's word for that. */
  #cause(error: unknown): unknown {
    return this.#abort.signal.aborted ? this.#abort.signal.reason : error;
  }

  #end(client: Client, reason: Error): void {
    this.#abort.abort(reason);
    client.destroy(reason).catch(() => {});
  }

  async #exchange<T>(client: Client, take: (answer: FileAnswer) => Promise<T>): Promise<URL | { readonly value: T }> {
    for (;;) {
      const { statusCode, headers, body } = await this.#ask(client);
      if (statusCode === 401) {
        await body.dump();
        this.#authenticator.challenged(linesOf(headers["www-authenticate"]));
        continue;
      }
      if (REDIRECTS.has(statusCode)) {
        await body.dump();
        return this.#redirect(linesOf(headers.location)[0], statusCode);
      }
      if (!isDone(statusCode, this.#direction)) throw statusFault(this.#url, statusCode, this.#direction);
      this.#answering = true;
      const encoding = linesOf(headers["content-encoding"]).join(", ").toLowerCase();
      if (encoding !== "" && encoding !== "identity") throw otherFault("the answer is compressed", this.#direction);
      const bytes = lengthOf(headers["content-length"]);
      return { value: await take({ url: this.#url, body: this.#watched(client, body), bytes }) };
    }
  }

  #ask(client: Client): ReturnType<Client["request"]> {
    this.#watch(client);
    this.#heads?.expectHead();
    const path = `${this.#url.pathname}${this.#url.search}`;
    const authorization = this.#authenticator.authorization(path, 1);
    const { content } = this.#request;
    return client.request({
      method: methodOf(this.#request),
      path,
      headers: {
        "User-Agent": this.#options.userAgent,
        "Accept-Encoding": "identity",
        ...(content === null ? {} : { "Content-Type": "application/octet-stream" }),
        ...(authorization === null ? {} : { Authorization: authorization }),
      },
      ...(content === null ? {} : { body: content }),
      signal: this.#abort.signal,
    });
  }

  /** The server may be silent for so long from now on. */
  #watch(client: Client): void {
    const { scheduler, silenceMs } = this.#options;
    this.#silence?.cancel();
    this.#silence = scheduler.after(silenceMs, "silence of the file server", () =>
      this.#end(client, new Error(`${serverName(this.#url)}: no data for ${silenceMs / 1000} s`)),
    );
  }

  async *#watched(client: Client, body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of body) {
      this.#watch(client);
      yield chunk;
    }
  }

  #redirect(location: string | undefined, status: number): URL {
    const url = location !== undefined && URL.canParse(location, this.#url.href) ? new URL(location, this.#url) : null;
    if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) {
      this.#secure(() => this.#options.insecure.redirect(this.#url, url));
      return url;
    }
    throw otherFault(
      `${serverName(this.#url)} redirects to a URL that is not http or https (${status})`,
      this.#direction,
    );
  }

  #secure(check: () => void): void {
    try {
      check();
    } catch (error) {
      throw otherFault(messageOf(error), this.#direction, error);
    }
  }

  #client(): Client {
    const { secureContext, scheduler, connectMs } = this.#options;
    const connect = createConnector({
      secureContext,
      connectMs,
      scheduler,
      peer: serverName(this.#url),
      opening: (socket) => {
        this.#abort.signal.addEventListener("abort", () => socket.destroy(), { once: true });
        finishPausedAnswer(socket);
        this.#heads = readAnswerHeads(socket, MAX_HEADER_BYTES);
      },
      opened: () => {},
      closed: () => {},
    });
    // Deadlines are our own, on the Scheduler.
    return new Client(this.#url.origin, {
      connect,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
  }
}

function directionOf({ content }: FileRequest): Direction {
  return content === null ? "download" : "upload";
}

function methodOf({ content }: FileRequest): "GET" | "PUT" {
  return content === null ? "GET" : "PUT";
}

function isDone(status: number, direction: Direction): boolean {
  return direction === "download" ? status === 200 : status === 200 || status === 201 || status === 204;
}

function linesOf(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function lengthOf(value: string | string[] | undefined): number | null {
  const length = Number(linesOf(value)[0] ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

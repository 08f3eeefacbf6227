/** One GET or PUT of a file, with authentication and redirects around it. */
import type { SecureContext } from "node:tls";
import type { Client } from "undici";
import { messageOf } from "../cwmp/errors.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";
import type { CheckAddress } from "../ports/datagrams.ts";
import type { FileServer } from "../ports/file-transfer.ts";
import type { Random } from "../ports/random.ts";
import { type AnswerHead, headerValues } from "./answer.ts";
import type { AnswerHeads } from "./answer-heads.ts";
import { type Authenticator, createAuthenticator } from "./digest.ts";
import { serverName } from "./failures.ts";
import { followAnswers } from "./follow-answers.ts";
import { createHttpClient } from "./http-client.ts";
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
  readonly checkAddress: CheckAddress | undefined;
  readonly insecure: InsecureWays;
}

export interface FileAnswer {
  readonly url: URL;
  readonly body: AsyncIterable<Buffer>;
  /** Of the whole file; null if unknown. */
  readonly bytes: number | null;
}

export interface FileRequest {
  readonly server: FileServer;
  /** Null: GET. */
  readonly content: Uint8Array | null;
  readonly signal: AbortSignal;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Hands the answer's body to `take` and waits for it. Throws as FileTransfer says. */
export async function exchangeFile<T>(
  options: FileExchangeOptions,
  request: FileRequest,
  take: (answer: FileAnswer) => Promise<T>,
): Promise<T> {
  const start = new URL(request.server.url);
  const direction = directionOf(request);
  let server = new OneServer(options, request, start, true);
  const secure = options.insecure;
  try {
    const { answer } = await followAnswers<FileResponse>(start, {
      redirects: REDIRECTS,
      async ask(url) {
        if (url !== server.url) {
          await server.close();
          // A redirect leads to servers that the ACS gave no password for: they get none.
          server = new OneServer(options, request, url, url.origin === start.origin);
        }
        if (!options.isAllowed(url.hostname)) throw deniedHost(url);
        return server.ask();
      },
      authenticator: () => server.authenticator,
      redirected: (from, to) => checkSecurity(() => secure.redirect(from, to), direction),
      refused: (problem, from) => otherFault(`${serverName(from)} ${problem}`, direction),
    });
    return await take(server.accept(answer));
  } catch (error) {
    throw server.faultOf(error);
  } finally {
    await server.close();
  }
}

interface FileResponse extends AnswerHead {
  readonly body: AsyncIterable<Buffer>;
}

class OneServer {
  readonly url: URL;
  readonly authenticator: Authenticator;
  readonly #options: FileExchangeOptions;
  readonly #request: FileRequest;
  readonly #client: Client;
  readonly #abort = new AbortController();
  readonly #breakOff = (): void => this.#end(brokenOff());
  #silence: Timer | null = null;
  #heads: AnswerHeads | null = null;
  #answering = false;

  constructor(options: FileExchangeOptions, request: FileRequest, url: URL, known: boolean) {
    this.#options = options;
    this.#request = request;
    this.url = url;
    this.authenticator = createAuthenticator({
      username: known ? request.server.username : "",
      password: known ? request.server.password : "",
      random: options.random,
      peer: serverName(url),
      beforeBasic: () => checkSecurity(() => options.insecure.basic(url), this.#direction),
      method: methodOf(request),
    });
    this.#client = this.#createClient();
    if (request.signal.aborted) this.#breakOff();
    request.signal.addEventListener("abort", this.#breakOff, { once: true });
  }

  async ask(): Promise<FileResponse> {
    this.#watch();
    this.#heads?.expectHead();
    const path = `${this.url.pathname}${this.url.search}`;
    const authorization = this.authenticator.authorization(path, 1);
    const { content } = this.#request;
    const { statusCode, headers, body } = await this.#client.request({
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
    if (statusCode === 401 || REDIRECTS.has(statusCode)) await body.dump();
    return { status: statusCode, header: (name) => headerValues(headers, name), body };
  }

  /** Throws CwmpFault for an answer that is not the file, or not its acceptance. */
  accept({ status, header, body }: FileResponse): FileAnswer {
    if (!isDone(status, this.#direction)) throw statusFault(this.url, status, this.#direction);
    this.#answering = true;
    const encoding = header("content-encoding").join(", ").toLowerCase();
    if (encoding !== "" && encoding !== "identity") throw otherFault("the answer is compressed", this.#direction);
    return { url: this.url, body: this.#watched(body), bytes: lengthOf(header("content-length")[0]) };
  }

  /** Our own reason for ending it, rather than undici's word for that. */
  faultOf(error: unknown): Error {
    if (this.#request.signal.aborted) return brokenOff();
    const cause: unknown = this.#abort.signal.aborted ? this.#abort.signal.reason : error;
    return exchangeFault(cause, this.url, this.#direction, this.#answering);
  }

  async close(): Promise<void> {
    this.#request.signal.removeEventListener("abort", this.#breakOff);
    this.#silence?.cancel();
    await this.#client.destroy().catch(() => {});
  }

  get #direction(): Direction {
    return directionOf(this.#request);
  }

  #end(reason: Error): void {
    this.#abort.abort(reason);
    this.#client.destroy(reason).catch(() => {});
  }

  /** The server may be silent for so long from now on. */
  #watch(): void {
    const { scheduler, silenceMs } = this.#options;
    this.#silence?.cancel();
    this.#silence = scheduler.after(silenceMs, "silence of the file server", () =>
      this.#end(new Error(`${serverName(this.url)}: no data for ${silenceMs / 1000} s`)),
    );
  }

  async *#watched(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of body) {
      this.#watch();
      yield chunk;
    }
  }

  #createClient(): Client {
    const { secureContext, scheduler, connectMs, checkAddress } = this.#options;
    return createHttpClient({
      ...{ origin: this.url, secureContext, connectMs, scheduler, checkAddress, peer: serverName(this.url) },
      opening: (socket, heads) => {
        this.#abort.signal.addEventListener("abort", () => socket.destroy(), { once: true });
        finishPausedAnswer(socket);
        this.#heads = heads;
      },
      opened: () => {},
      closed: () => {},
    });
  }
}

function checkSecurity(check: () => void, direction: Direction): void {
  try {
    check();
  } catch (error) {
    throw otherFault(messageOf(error), direction, error);
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

function lengthOf(text: string | undefined): number | null {
  const length = Number(text ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

/** One session's way to the ACS: authentication, cookies and redirects around the exchanges of a Link. */
import { isUtf8 } from "node:buffer";
import type { SecureContext } from "node:tls";
import { parseHttpUrl } from "../cwmp/addresses.ts";
import { AgentError } from "../cwmp/errors.ts";
import type { AcsAnswer, AcsConnection, AcsTarget, ExchangeReader, WireEvent } from "../ports/acs-transport.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { HttpAnswer } from "./answer.ts";
import { type CookieJar, createCookieJar } from "./cookies.ts";
import { type Authenticator, createAuthenticator } from "./digest.ts";
import { acsName, serverName, TLS_PORT_HINT } from "./failures.ts";
import { followAnswers } from "./follow-answers.ts";
import type { InsecureWays } from "./insecure-ways.ts";
import { createLink, type HttpRequest, type Link } from "./link.ts";

export interface AcsConnectionOptions {
  readonly target: AcsTarget;
  readonly signal: AbortSignal;
  readonly secureContext: () => SecureContext;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly connectMs: number;
  readonly answerMs: number;
  readonly maxAnswerBytes: number;
  readonly userAgent: string;
  readonly insecure: InsecureWays;
  readonly log: Logger;
  observe(event: WireEvent): void;
}

/** The server that the session is with at present, and what belongs to it alone. */
interface Server {
  readonly origin: string;
  readonly name: string;
  readonly link: Link;
  readonly authenticator: Authenticator;
}

interface SessionState {
  readonly jar: CookieJar;
  /** Where the next POST goes: a redirect moves it for the rest of the session (C-018). */
  url: URL | null;
  server: Server | null;
  /** Once failed or closed, always so: why. */
  ended: (() => AgentError) | null;
  busy: boolean;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

export function createAcsConnection(options: AcsConnectionOptions): AcsConnection {
  const { target, signal } = options;
  const state: SessionState = {
    jar: createCookieJar(options.clock),
    url: parseHttpUrl(target.url),
    server: null,
    ended: null,
    busy: false,
  };
  const end = async (reason: () => AgentError, failure: AgentError | null) => {
    signal.removeEventListener("abort", abort);
    state.ended ??= reason;
    await state.server?.link.destroy(failure);
  };
  const abort = () => void end(aborted, aborted());
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });

  return {
    async post(envelope, reader) {
      if (state.ended !== null) throw state.ended();
      if (state.busy) throw new Error("a POST is under way: HTTP pipelining is not allowed (TR-069 3.4.6)");
      state.busy = true;
      try {
        return await post(options, state, envelope, reader);
      } catch (error) {
        if (error instanceof AgentError) state.ended ??= () => error;
        throw state.ended?.() ?? error;
      } finally {
        state.busy = false;
      }
    },
    close: () => end(closed, null),
  };
}

async function post(
  options: AcsConnectionOptions,
  state: SessionState,
  envelope: string | null,
  reader: ExchangeReader | undefined,
): Promise<AcsAnswer> {
  const body = envelope === null || envelope === "" ? null : Buffer.from(envelope, "utf8");
  if (state.url === null) throw new AgentError("ACS_UNREACHABLE", "the ACS URL is not a valid http:// or https:// URL");
  let server = await serverFor(options, state, state.url);
  const { answer, url } = await followAnswers<HttpAnswer>(state.url, {
    redirects: REDIRECTS,
    async ask(url) {
      server = await serverFor(options, state, url);
      const answer = await exchange(options, state, server, { url, envelope, body, reader });
      if (answer !== null) state.jar.store(answer.header("set-cookie"), url);
      return answer;
    },
    authenticator: () => server.authenticator,
    redirected(from, to, status) {
      options.insecure.redirect(from, to);
      state.url = to;
      options.log.debug({ from: serverName(from), to: serverName(to), status }, "the ACS redirects this session");
    },
    refused: (problem, from) => new AgentError("ACS_REDIRECTS", `${acsName(from)} ${problem}`),
  });
  return readAnswer(answer, server.name, url);
}

/** The present server, or a new one where a redirect has led to another origin. */
async function serverFor(options: AcsConnectionOptions, state: SessionState, url: URL): Promise<Server> {
  if (state.server?.origin === url.origin) return state.server;
  await state.server?.link.destroy(null);
  if (state.ended !== null) throw state.ended();
  const name = acsName(url);
  const { username, password } = options.target;
  state.server = {
    origin: url.origin,
    name,
    link: createLink({ ...options, origin: url }),
    authenticator: createAuthenticator({
      ...{ username, password, random: options.random, peer: name },
      beforeBasic: () => options.insecure.basic(url),
    }),
  };
  return state.server;
}

interface Message {
  readonly url: URL;
  readonly envelope: string | null;
  /** Its UTF-8; null for an empty POST. */
  readonly body: Buffer | null;
  readonly reader: ExchangeReader | undefined;
}

/** Null: the connection was dead, and the same again goes to a new one. */
async function exchange(
  options: AcsConnectionOptions,
  { jar }: SessionState,
  { link, authenticator }: Server,
  { url, envelope, body, reader }: Message,
): Promise<HttpAnswer | null> {
  const path = `${url.pathname}${url.search}`;
  const authorization = authenticator.authorization(path, link.connection());
  const cookie = jar.header(url);
  const request: HttpRequest = {
    path,
    body,
    headers: {
      "User-Agent": options.userAgent,
      // No quotes around the empty value (C-003), and neither header without an envelope (C-004).
      ...(body === null ? {} : { "Content-Type": "text/xml; charset=utf-8", SOAPAction: "" }),
      ...(authorization === null ? {} : { Authorization: authorization }),
      ...(cookie === null ? {} : { Cookie: cookie }),
    },
  };
  const answer = await link.exchange(request, () =>
    options.observe({
      kind: "sent",
      body: body === null ? null : envelope,
      bytes: body?.length ?? 0,
      authorized: authorization !== null,
      ...(reader === undefined ? {} : { describe: () => reader.describeSent() }),
    }),
  );
  if (answer !== null) {
    const { status, body: received, text } = answer;
    const isRead = reader !== undefined && text !== null && status === 200;
    options.observe({
      kind: "received",
      status,
      body: text,
      bytes: received.length,
      ...(isRead ? { describe: () => reader.describeReceived(text) } : {}),
    });
  }
  return answer;
}

function readAnswer({ status, body, text, header }: HttpAnswer, peer: string, url: URL): AcsAnswer {
  if (status !== 200 && status !== 204) {
    const hint = wantsTls(url, status, body) ? `: ${TLS_PORT_HINT}` : "";
    throw new AgentError("ACS_HTTP_STATUS", `${peer} answers with HTTP status ${status}${hint}`, { status });
  }
  const time = timeOf(header("date")[0]);
  if (text === null) return { status, body: null, ...time };
  const encoding = header("content-encoding").join(", ");
  if (encoding !== "" && encoding.toLowerCase() !== "identity") {
    throw new AgentError("ACS_MESSAGE", `${peer} answers compressed, which was not offered (Content-Encoding)`);
  }
  if (!isUtf8(body)) throw new AgentError("ACS_MESSAGE", `${peer}: its message is not valid UTF-8`);
  return { status, body: text, ...time };
}

/** The text of common servers for plain HTTP on a TLS port: "The plain HTTP request was sent to HTTPS port". */
function wantsTls({ protocol }: URL, status: number, body: Buffer): boolean {
  return protocol === "http:" && status === 400 && /\bhttps\b|\bssl\b|\btls\b/i.test(body.toString("latin1", 0, 2000));
}

/** Anything but a date in GMT (RFC 9110 5.6.7) is ignored. */
function timeOf(date: string | undefined): Pick<AcsAnswer, "timeMs"> {
  const timeMs = date !== undefined && / GMT$/.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(timeMs) ? {} : { timeMs };
}

function closed(): AgentError {
  return new AgentError("SESSION_ABORTED", "the connection of this session is closed");
}

function aborted(): AgentError {
  return new AgentError("SESSION_ABORTED", "the session was broken off");
}

/**
 * Failures between us and an HTTP server, as AgentErrors with helpful messages. `peer` is their subject: the ACS
 * (`acsName`), or another server by its host and port. Nothing secret is in them.
 */
import { errors } from "undici";
import { AgentError, type AgentErrorCode, messageOf } from "../cwmp/errors.ts";
import { CERTIFICATE_PROBLEMS } from "./certificate-problems.ts";
import { AnswerRefused, NOT_HTTP } from "./lenient-head.ts";

const WANTS_CLIENT_CERTIFICATE =
  "it does not accept this phone's certificate, or wants one and gets none: see the settings tls.cert and tls.key; or it speaks static RSA alone, which is refused";
const WEAK_KEY =
  "its certificate, or one above it, has an RSA key below 2048 bits or a signature with SHA-1: renew it there";
const OTHER_VERSION = "it speaks no TLS version that is allowed here: see the setting tls.minVersion";
const NOT_TLS = "it does not answer in TLS: check the port in its URL, and whether that is to begin with http://";

/** The reverse of NOT_TLS, where a server does not say it in so many words. */
export const TLS_PORT_HINT = "if that port is for TLS, its URL is to begin with https://";

const TLS_PROBLEMS: Readonly<Record<string, string>> = {
  ...CERTIFICATE_PROBLEMS,
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  EPROTO: NOT_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: OTHER_VERSION,
  ERR_SSL_UNSUPPORTED_PROTOCOL: OTHER_VERSION,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: WANTS_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: WANTS_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: WANTS_CLIENT_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: WANTS_CLIENT_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: WANTS_CLIENT_CERTIFICATE,
};

const OTHER_PROBLEMS: Readonly<Record<string, readonly [AgentErrorCode, string]>> = {
  ECONNREFUSED: ["ACS_UNREACHABLE", "nothing listens there: is it running, and is the port in its URL right?"],
  ENOTFOUND: ["ACS_UNREACHABLE", "there is no host of that name: check its URL and the DNS servers"],
  EAI_AGAIN: ["ACS_UNREACHABLE", "no DNS server answers: check the network"],
  EHOSTUNREACH: ["ACS_UNREACHABLE", "no route leads to that host: check the network"],
  ENETUNREACH: ["ACS_UNREACHABLE", "no route leads to that network: check the network"],
  ECONNRESET: ["ACS_UNREACHABLE", "it broke the connection off"],
  EPIPE: ["ACS_UNREACHABLE", "it broke the connection off"],
  UND_ERR_SOCKET: ["ACS_UNREACHABLE", "it closed the connection before its answer was complete"],
  ETIMEDOUT: ["ACS_TIMEOUT", "it does not answer"],
  UND_ERR_HEADERS_OVERFLOW: ["ACS_MESSAGE_TOO_LARGE", "the HTTP header of its answer is too large"],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ["ACS_MESSAGE", "its answer is not as long as its Content-Length says"],
};

/** Where a URL leads, for people: `host:port`, also for the default port. */
export function serverName(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** Who it is, for people. */
export function acsName(url: URL): string {
  return `the ACS ${serverName(url)}`;
}

export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** What a failed connection or exchange with `peer` means. An AgentError stays as it is. */
export function failureOf(error: unknown, peer: string): AgentError {
  if (error instanceof AgentError) return error;
  const code = errorCode(error);
  const tls = tlsProblem(error, code);
  if (tls !== null) return new AgentError("ACS_TLS", `no secure connection to ${peer}: ${tls}`, { cause: error });
  const known = OTHER_PROBLEMS[code];
  if (known !== undefined) return new AgentError(known[0], `${peer}: ${known[1]}`, { cause: error });
  if (error instanceof AnswerRefused)
    return new AgentError("ACS_MESSAGE", `${peer}: ${error.message}`, { cause: error });
  if (error instanceof errors.HTTPParserError) {
    // The parser's words; its code is the same for all.
    const problem = /chunk/i.test(error.message) ? "the chunks of its answer are broken" : NOT_HTTP;
    return new AgentError("ACS_MESSAGE", `${peer}: ${problem}`, { cause: error });
  }
  const reason = code === "" ? messageOf(error) : code;
  return new AgentError("ACS_UNREACHABLE", `${peer}: the connection failed (${reason})`, { cause: error });
}

/** Whether the connection was refused. */
export function isRefused(error: unknown): boolean {
  return errorCode(error) === "ECONNREFUSED";
}

/** Node's and undici's word for "this connection is dead", as against an invalid answer. */
export function isLost(error: unknown): boolean {
  return ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"].includes(errorCode(error));
}

/** A connection without TLS that was lost before its first answer: many a server ends it so at a port for TLS. */
export function withTlsHint(failure: AgentError, url: URL, cause: unknown): AgentError {
  if (url.protocol !== "http:" || !isLost(cause)) return failure;
  return new AgentError(failure.code, `${failure.message}; ${TLS_PORT_HINT}`, { cause });
}

function tlsProblem(error: unknown, code: string): string | null {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `its certificate is for other names (${certificateNames(error)}): the host in its URL must be one of them`;
  }
  // Node has no code of its own for these results of OpenSSL.
  if (code === "UNSPECIFIED") return /too weak/.test(messageOf(error)) ? WEAK_KEY : messageOf(error);
  const known = TLS_PROBLEMS[code];
  if (known !== undefined) return known;
  return /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|INVALID_|PATH_LENGTH_)/.test(code)
    ? `TLS failed (${code})`
    : null;
}

/** The names in the certificate that did not match, shortened: they come from outside. */
function certificateNames(error: unknown): string {
  const certificate = property(error, "cert");
  const names = property(certificate, "subjectaltname");
  return typeof names === "string" && names !== "" ? names.slice(0, 200) : "none at all";
}

/** The code of an error; of the first one where several addresses were tried without success. */
function errorCode(error: unknown): string {
  const code = property(error, "code");
  if (typeof code === "string") return code;
  return error instanceof AggregateError && error.errors.length > 0 ? errorCode(error.errors[0]) : "";
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

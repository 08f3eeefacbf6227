/** The HTTP connection request, the ACS's side (TR-069 3.2.2): a GET with Digest, on one kept-alive connection. */
import { Agent, get, type IncomingMessage } from "node:http";
import type { Random } from "../ports/random.ts";
import {
  type AuthHeader,
  digestAlgorithm,
  digestResponse,
  formatAuthHeader,
  parseAuthHeaders,
} from "../system/http-digest.ts";
import type { ConnectionRequestCredentials } from "./devices.ts";
import { AcsError } from "./errors.ts";

const ANSWER_WITHIN_MS = 10_000;

/**
 * Asks the CPE at `url` for a session; answers the HTTP status of its last answer (200 or 204: it will come, 401: wrong
 * credentials, 503: not now). Throws AcsError UNREACHABLE when there is no answer within 10 s.
 */
export async function requestConnection(
  url: string,
  credentials: ConnectionRequestCredentials,
  random: Random,
): Promise<number> {
  const target = parseTarget(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const first = await getOnce(target, agent, undefined);
    const challenge = first.status === 401 ? bestChallenge(first.challenges) : null;
    if (challenge === null) return first.status;
    return (await getOnce(target, agent, answerTo(challenge, target, credentials, random))).status;
  } finally {
    agent.destroy();
  }
}

function parseTarget(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (target?.protocol === "http:") return target;
  throw new AcsError(
    "UNREACHABLE",
    `the CPE reported a ConnectionRequestURL that is not an http URL: ${JSON.stringify(url)}`,
  );
}

interface Answer {
  readonly status: number;
  readonly challenges: readonly string[];
}

function getOnce(target: URL, agent: Agent, authorization: string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(new AcsError("UNREACHABLE", `no answer from ${target.origin}: ${cause.message}`, { cause }));
    const headers = authorization === undefined ? {} : { authorization };
    const request = get(
      target,
      { agent, headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) },
      (response: IncomingMessage) => {
        // Drained, so that the connection can carry the second request.
        response.resume();
        response.once("error", fail);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            challenges: response.headersDistinct["www-authenticate"] ?? [],
          }),
        );
      },
    );
    request.once("error", fail);
  });
}

/** SHA-256 before MD5; null when neither is offered with qop=auth. */
function bestChallenge(headers: readonly string[]): AuthHeader | null {
  const usable = headers
    .flatMap((text) => parseAuthHeaders(text))
    .filter(({ scheme, params }) => scheme === "digest" && (params.get("qop") ?? "").split(/\s*,\s*/).includes("auth"));
  const offering = (name: string) => usable.find(({ params }) => digestAlgorithm(params.get("algorithm")) === name);
  return offering("SHA-256") ?? offering("MD5") ?? null;
}

function answerTo(
  { params }: AuthHeader,
  target: URL,
  { username, password }: ConnectionRequestCredentials,
  random: Random,
): string {
  const uri = target.pathname + target.search;
  const realm = params.get("realm") ?? "";
  const nonce = params.get("nonce") ?? "";
  const algorithm = digestAlgorithm(params.get("algorithm")) ?? "MD5";
  const cnonce = Buffer.from(random.bytes(8)).toString("hex");
  const nc = "00000001";
  const input = { algorithm, username, realm, password, nonce, nc, cnonce, qop: "auth", method: "GET", uri } as const;
  const opaque = params.get("opaque");
  return formatAuthHeader(
    "Digest",
    {
      username,
      realm,
      nonce,
      uri,
      cnonce,
      response: digestResponse(input),
      ...(opaque === undefined ? {} : { opaque }),
    },
    { algorithm, qop: "auth", nc },
  );
}

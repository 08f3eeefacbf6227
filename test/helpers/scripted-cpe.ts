import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { encodeRequest, encodeResponse } from "../../src/soap/encode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import type { IncomingEnvelope, ParameterValue } from "../../src/soap/messages.ts";
import type { ResponseOf, RpcName } from "../../src/soap/rpc-table.ts";
import { answerChallenge, readChallenge } from "./digest-client.ts";

export interface CpeReply {
  readonly status: number;
  readonly body: string;
  readonly challenges: readonly string[];
  /** Throws where the body is no envelope. */
  envelope(): IncomingEnvelope;
}

export interface ScriptedCpeOptions {
  readonly url: string;
  readonly ca?: string;
  /** Default true; a CPE without cookies is known by its connection. */
  readonly cookies?: boolean;
}

/** A CPE that says what a test tells it to, over one kept-alive connection. */
export interface ScriptedCpe {
  /** @param body null: the empty POST. */
  post(body: string | null, headers?: Readonly<Record<string, string>>): Promise<CpeReply>;
  close(): void;
}

export function createScriptedCpe({ url, ca, cookies = true }: ScriptedCpeOptions): ScriptedCpe {
  const secure = url.startsWith("https:");
  const limits = { keepAlive: true, maxSockets: 1 };
  const agent = secure ? new HttpsAgent({ ...limits, ...(ca === undefined ? {} : { ca }) }) : new HttpAgent(limits);
  const request = secure ? httpsRequest : httpRequest;
  let cookie: string | undefined;
  return {
    post: (body, headers = {}) =>
      new Promise((resolve, reject) => {
        const sent = {
          ...(cookie === undefined ? {} : { cookie }),
          "content-length": String(Buffer.byteLength(body ?? "")),
          ...headers,
        };
        const posting = request(url, { method: "POST", agent, headers: sent }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => void chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const [given] = response.headers["set-cookie"] ?? [];
            if (cookies && given !== undefined) cookie = given.split(";")[0];
            resolve(
              reply(
                response.statusCode ?? 0,
                Buffer.concat(chunks).toString("utf8"),
                response.headersDistinct["www-authenticate"],
              ),
            );
          });
        });
        posting.on("error", reject);
        posting.end(body ?? "");
      }),
    close: () => agent.destroy(),
  };
}

function reply(status: number, body: string, challenges: readonly string[] = []): CpeReply {
  return { status, body, challenges, envelope: () => decodeEnvelope(body) };
}

/** The Authorization header for the challenge of that algorithm. */
export function digestFor(
  challenges: readonly string[],
  algorithm: string,
  username: string,
  password: string,
  nc = "00000001",
): string {
  const line = challenges.find((text) => text.includes(`algorithm=${algorithm}`)) ?? "";
  return answerChallenge({ username, password, uri: "/", method: "POST", challenge: readChallenge(line), nc });
}

export const TEST_DEVICE = {
  manufacturer: "Akuvox",
  oui: "0C1105",
  productClass: "SP-R53P",
  serialNumber: "0C1105000001",
};
export const TEST_DEVICE_ID = "0C1105-SP-R53P-0C1105000001";

export function informEnvelope(
  options: {
    readonly id?: string | null;
    readonly version?: "1.0" | "1.2";
    readonly events?: readonly string[];
    readonly parameters?: readonly ParameterValue[];
  } = {},
): string {
  const { id = "inform-1", version = "1.0", events = ["2 PERIODIC"], parameters = [] } = options;
  return encodeRequest(
    "Inform",
    {
      deviceId: TEST_DEVICE,
      event: events.map((eventCode) => ({ eventCode, commandKey: "" })),
      maxEnvelopes: 1,
      currentTime: "2026-01-01T00:00:00+00:00",
      retryCount: 0,
      parameterList: parameters,
    },
    { id, version },
  );
}

/** The CPE's answer to the request in `asked`. */
export function answerTo<N extends RpcName>(asked: CpeReply, name: N, response: ResponseOf<N>): string {
  const { id, version } = asked.envelope();
  return encodeResponse(name, response, { id, version });
}

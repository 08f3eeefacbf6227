import type { TestContext } from "node:test";
import {
  type ConnectionRequestServer,
  type ConnectionRequestServerOptions,
  createConnectionRequestServer,
} from "../../src/connection-request/server.ts";
import type { ConnectionRequestEndpoint } from "../../src/ports/connection-requests.ts";
import { answerChallenge, type DigestAnswer, readChallenge } from "../helpers/digest-client.ts";
import { createFakeTime, type FakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger, type MemoryLogger } from "../helpers/memory-logger.ts";
import { connectRaw, type RawHttpClient, type RawResponse } from "../helpers/raw-http.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

export const TOKEN = "5f2c8a1e9b7d";
export const CREDENTIALS = { username: "acs", password: "s3cret-Passw0rd" };

export interface TestEndpoint extends ConnectionRequestEndpoint {
  credentialsNow: { readonly username: string; readonly password: string };
  availableNow: boolean;
  cpeUrlNow: string | null;
  /** Accepted requests. */
  count: number;
  /** Called with each of them. */
  onRequested: () => void;
}

export function testEndpoint(token = TOKEN): TestEndpoint {
  return {
    token,
    credentialsNow: CREDENTIALS,
    availableNow: true,
    cpeUrlNow: null,
    count: 0,
    onRequested: () => {},
    cpeUrl() {
      return this.cpeUrlNow;
    },
    credentials() {
      return this.credentialsNow;
    },
    available() {
      return this.availableNow;
    },
    requested() {
      this.count += 1;
      this.onRequested();
    },
  };
}

/** The defaults of the settings. */
export const RATES = { perEndpoint: { count: 30, windowMs: 60_000 }, whole: { count: 200, windowMs: 1000 } } as const;

export interface Phone {
  readonly server: ConnectionRequestServer;
  readonly endpoint: TestEndpoint;
  readonly port: number;
  readonly time: FakeTime;
  readonly log: MemoryLogger;
  /** A connection that the end of the test closes. */
  connect(): Promise<RawHttpClient>;
}

/** A server with one endpoint on a free port of the loopback. */
export async function startPhone(
  t: TestContext,
  options: Partial<ConnectionRequestServerOptions> = {},
): Promise<Phone> {
  const time = createFakeTime();
  const log = createMemoryLogger();
  const server = await createConnectionRequestServer({
    address: "127.0.0.1",
    port: 0,
    clock: time.clock,
    scheduler: time.scheduler,
    random: seededRandom(),
    log,
    ...RATES,
    ...options,
  });
  t.after(() => server.close());
  const endpoint = testEndpoint();
  const { port } = await server.listen(endpoint);
  const connect = async (): Promise<RawHttpClient> => {
    const client = await connectRaw(port);
    t.after(() => client.destroy());
    return client;
  };
  return { server, endpoint, port, time, log, connect };
}

/** The whole handshake on one connection; `change` bends the answer. */
export async function authenticate(
  client: RawHttpClient,
  change: Partial<DigestAnswer> & { readonly target?: string } = {},
): Promise<RawResponse> {
  const target = change.target ?? `/${TOKEN}`;
  const challenged = await client.get(target);
  const line = challenged.header("www-authenticate");
  if (line === undefined) return challenged;
  return client.get(target, { Authorization: answer(line, { uri: target, ...change }) });
}

export function answer(challengeLine: string, change: Partial<DigestAnswer> = {}): string {
  return answerChallenge({ ...CREDENTIALS, uri: `/${TOKEN}`, challenge: readChallenge(challengeLine), ...change });
}

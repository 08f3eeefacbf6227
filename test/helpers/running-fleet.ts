import { request } from "node:http";
import { join } from "node:path";
import { type Acs, createAcs } from "../../src/acs/acs.ts";
import type { FleetConfig } from "../../src/config/fleet/load-fleet.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { openFleet, planFleet } from "../../src/fleet/open-fleet.ts";
import { WHOLE_FLEET, workerConfig } from "../../src/fleet/shards/shard.ts";
import { openFront } from "../../src/fleet/workers/open-front.ts";
import type { WorkerLink } from "../../src/fleet/workers/worker-link.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import type { Answer } from "./api-under-test.ts";
import { fleetOf } from "./fleet.ts";
import { silentLogger } from "./silent-logger.ts";
import { type Ending, temporaryFolder } from "./temporary-folder.ts";
import { LOGIN } from "./web-login.ts";

export const ACS_LOGIN = { username: "u", password: "hush-acs" };
const CPE_LOGIN = { username: "acs", password: "hush-cpe" };

export interface ControlledFleet {
  readonly fleet: Fleet;
  readonly socket: string;
  /** Status and parsed answer of its API. */
  ask(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly answer: Answer }>;
  /** Ends it before the test does. */
  close(): Promise<unknown>;
}

/** An ACS that takes the phones of a fleet, until the test ends. */
export async function acsOfFleet(t: Ending): Promise<Acs> {
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "digest", users: new Map([[ACS_LOGIN.username, ACS_LOGIN.password]]) },
    connectionRequestCredentials: CPE_LOGIN,
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  return acs;
}

interface LogLine {
  readonly fields: object;
  readonly message: string;
}

export interface ControlledFleetOptions {
  readonly acs: string;
  /** Over those that it needs. */
  readonly settings?: object;
  /** Gets the lines of its log. */
  readonly logged?: LogLine[];
  /** More of fleet.yaml. */
  readonly [name: string]: unknown;
}

/** A running fleet with a control socket, until the test ends. */
export async function controlledFleet(
  t: Ending,
  { settings = {}, logged, ...values }: ControlledFleetOptions,
): Promise<ControlledFleet> {
  const socket = join(await temporaryFolder(t), "control.sock");
  const config = fleetOf({
    ramp: { perSecond: 1000 },
    ...values,
    settings: {
      tr069: { cpe: CPE_LOGIN, acs: ACS_LOGIN },
      listen: { address: "127.0.0.1" },
      control: { enable: true, socket },
      ...settings,
    },
  });
  const { fleet, close } = await openFleet({
    config,
    version: "1.2.3",
    log:
      logged === undefined
        ? silentLogger
        : { ...silentLogger, info: (fields, message) => void logged.push({ fields, message }) },
  });
  t.after(close);
  await fleet.start();
  return { fleet, socket, close, ask: (method, path, body) => askSocket(socket, method, path, body) };
}

export interface FleetWithPages extends ControlledFleet {
  /** Where its pages are, with a slash at the end. */
  readonly url: string;
}

/** 200 phones of two groups, unless `values` says otherwise. */
const WITH_PAGES = {
  groups: [
    { name: "north", count: 120 },
    { name: "south", count: 80, serialNumber: "S{i:03}" },
  ],
  scenarios: [{ kind: "rebootStorm", atSeconds: 100_000 }],
  misbehaviour: [{ fault: "clockSkew", sharePercent: 1, groups: ["south"] }],
  settings: { web: { enable: true, port: 0, ...LOGIN } },
};

/** A running fleet with its pages on loopback. */
export async function fleetWithPages(t: Ending, values: object = {}): Promise<FleetWithPages> {
  const acs = await acsOfFleet(t);
  const logged: LogLine[] = [];
  const running = await controlledFleet(t, { acs: acs.url, ...WITH_PAGES, logged, ...values });
  return { ...running, url: urlIn(logged, "The web page is served") };
}

function urlIn(logged: readonly LogLine[], wanted: string): string {
  const { url } = (logged.find(({ message }) => message.startsWith(wanted))?.fields ?? {}) as { readonly url?: string };
  if (url === undefined) throw new Error(`the log does not say: ${wanted}`);
  return url;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface WorkersUnderTest {
  /** In their order, as the process before them sees them, which a test may change. */
  readonly workers: readonly (Pick<Mutable<WorkerLink>, "condition" | "socket" | "whileUp"> & {
    readonly fleet: Fleet;
  })[];
  /** Of the whole fleet. */
  readonly socket: string;
  readonly url: string;
  readonly metricsUrl: string;
  readonly ask: ControlledFleet["ask"];
}

/** The same fleet in two workers, which are in this process, and what stands before them. */
export async function workersWithPages(t: Ending, values: object = {}): Promise<WorkersUnderTest> {
  const acs = await acsOfFleet(t);
  const folder = await temporaryFolder(t);
  const configOf = (socket: string): FleetConfig =>
    fleetOf({
      ...{ ramp: { perSecond: 1000 }, acs: acs.url, ...WITH_PAGES, ...values },
      settings: {
        tr069: { cpe: CPE_LOGIN, acs: ACS_LOGIN },
        listen: { address: "127.0.0.1" },
        control: { enable: true, socket },
        metrics: { enable: true, port: 0 },
        ...WITH_PAGES.settings,
      },
    });
  const workers = await Promise.all(
    [0, 1].map(async (index) => {
      const shard = { index, count: 2 };
      const socket = join(folder, String(index));
      const config = workerConfig(configOf(socket), shard);
      const { fleet, close } = await openFleet({ config, version: "1.2.3", log: silentLogger, shard, isWorker: true });
      t.after(close);
      await fleet.start();
      const whileUp = new AbortController().signal;
      return {
        fleet,
        shard,
        socket,
        name: `worker ${index + 1} of 2`,
        whileUp,
        condition: "up" as WorkerLink["condition"],
      };
    }),
  );
  const logged: LogLine[] = [];
  const log: Logger = { ...silentLogger, info: (fields, message) => void logged.push({ fields, message }) };
  const socket = join(folder, "control.sock");
  const { config } = await planFleet(configOf(socket), WHOLE_FLEET);
  const front = await openFront(workers, { config, version: "1.2.3", log });
  t.after(() => front.close());
  return {
    ...{ workers, socket, url: urlIn(logged, "The web page is served"), metricsUrl: urlIn(logged, "Metrics are at") },
    ask: (method, path, body) => askSocket(socket, method, path, body),
  };
}

export function askSocket(socketPath: string, method: string, path: string, body?: object) {
  return new Promise<{ readonly status: number; readonly answer: Answer }>((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const answer = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Answer;
      resolve({ status: response.statusCode ?? 0, answer });
    });
    asked.on("error", reject);
    if (body === undefined) return void asked.end();
    asked.setHeader("Content-Type", "application/json");
    asked.end(JSON.stringify(body));
  });
}

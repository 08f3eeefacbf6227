/**
 * Measures the cost of registered phones: heap for each; CPU for each REGISTER, first while phones come up (two
 * REGISTERs each: one is challenged), then of refreshes (one each: the nonce is used again); CPU of keep-alives. Over
 * one UDP socket on loopback. The registrar runs in a process of its own, so that its work does not count. Takes a
 * minute and a half.
 *
 *   node --expose-gc --import tsx --conditions=akuvox-cpe-source bench/sip-registrations.ts [phones]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { startRegistrar } from "../src/cli/registrar/start-registrar.ts";
import { createNonces } from "../src/connection-request/nonces.ts";
import { createDatagrams } from "../src/net/datagrams.ts";
import { createSipTransport } from "../src/net/sip/sip-transport.ts";
import { Registration } from "../src/sip/registration/registration.ts";
import { SipStack } from "../src/sip/stack.ts";
import { createSystemClock } from "../src/system/clock.ts";
import { createScheduler } from "../src/system/scheduler.ts";
import { createSystemRandom } from "../src/system/system-random.ts";

const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
const clock = createSystemClock();
const ports = { clock, scheduler: createScheduler(clock, console.error), random: createSystemRandom(), log };
/** Long enough for keep-alives to be measured before the first refresh, which comes after three quarters of it. */
const EXPIRES_S = 90;
const REST_MS = 10_000;
/** Number of concurrent registrations, as in a fleet's ramp. */
const AT_ONCE = 50;

if (process.argv[2] === "registrar") await serve();
else await measure(Number(process.argv[2] ?? 10_000));

async function serve(): Promise<void> {
  const users = { get: () => "secret" } as unknown as ReadonlyMap<string, string>;
  const settings = {
    address: "127.0.0.1",
    port: 0,
    realm: "bench",
    tls: null,
    users,
    refusals: new Map<string, number>(),
  };
  const limits = { minExpiresSeconds: 30, maxExpiresSeconds: 3_600, event() {} };
  const { port } = await startRegistrar({ ...settings, ...limits }, ports);
  process.send?.(port);
}

async function measure(count: number): Promise<void> {
  const child = fork(new URL(import.meta.url), ["registrar"], { execArgv: process.execArgv });
  const [port] = (await once(child, "message")) as [number];
  const transport = createSipTransport({
    ...{ datagrams: createDatagrams(log), address: "127.0.0.1", udpPort: 0 },
    ...{ tls: { minVersion: "TLSv1.2" }, scheduler: ports.scheduler },
  });
  const resolver = { services: async () => [], addresses: async (name: string) => [name] };
  const nonces = createNonces(clock, ports.random);
  const stack = new SipStack({ ...ports, transport, resolver, nonces, strangers: { open: () => true, record() {} } });
  /** How often a phone was registered or refreshed. */
  let registered = 0;
  const phone = (user: number): { readonly up: Promise<void>; readonly registration: Registration } => {
    let registration: Registration | null = null;
    const up = new Promise<void>((resolve, reject) => {
      registration = new Registration({
        stack,
        account: {
          ...{ user: `${user}`, display: "", authName: `${user}`, password: "secret", proxy: null, localPort: 0 },
          ...{ expiresSeconds: EXPIRES_S, keepAliveSeconds: 30, userAgent: "Akuvox SP-R53P 53.0.6.45" },
          servers: [{ host: "127.0.0.1", port, protocol: "UDP" }],
        },
        isConnected: () => true,
        changed(status, reason) {
          if (status === "Up") {
            registered++;
            resolve();
          } else if (reason !== null) reject(new Error(reason));
        },
      });
      registration.start();
    });
    if (registration === null) throw new Error("no registration");
    return { up, registration };
  };
  for (let user = 0; user < AT_ONCE; user++) await phone(user).up;
  const before = heap();
  const cpu = process.cpuUsage();
  const phones: Registration[] = [];
  for (let user = 0; user < count; user += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, at) => phone(user + at));
    await Promise.all(some.map(({ up }) => up));
    phones.push(...some.map(({ registration }) => registration));
  }
  const requests = 2 * count;
  console.log(`${count} phones, ${requests} REGISTERs: ${Math.round(usedSince(cpu) / requests)} µs of CPU each`);
  console.log(`${Math.round((heap() - before) / phones.length)} bytes of heap a phone`);
  const rest = process.cpuUsage();
  await sleep(REST_MS);
  const share = usedSince(rest) / (REST_MS * 1_000);
  console.log(`${(100 * share).toFixed(2)} % of a core at rest, keep-alives every 30 s`);
  await refreshes(() => registered, count, share);
  child.kill();
  process.exit(0);
}

/** @param share of a core that keep-alives take meanwhile */
async function refreshes(registered: () => number, count: number, share: number): Promise<void> {
  const first = registered();
  while (registered() === first) await sleep(10);
  const [cpu, startedMs, before] = [process.cpuUsage(), performance.now(), registered()];
  while (registered() < first + count) await sleep(100);
  const [used, tookMs, done] = [usedSince(cpu), performance.now() - startedMs, registered() - before];
  console.log(`${done} refreshes: ${Math.round((used - share * tookMs * 1_000) / done)} µs of CPU each`);
}

/** Microseconds, of the program and of the kernel for it. */
function usedSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

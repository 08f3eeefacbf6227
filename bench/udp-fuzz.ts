/**
 * Hostile datagrams against the UDP port of connection requests: `node --expose-gc --import tsx bench/udp-fuzz.ts [COUNT] [SEED]`.
 * COUNT is 1,000,000 unless given. They go straight into the port's own code, without a socket. Ends with 1 when anything
 * was accepted, answered or learned, something was thrown, or memory has grown.
 */
import { createUdpConnectionRequests } from "../src/connection-request/udp/listener.ts";
import type { BindOptions } from "../src/ports/datagrams.ts";
import { createSystemClock } from "../src/system/clock.ts";
import { createScheduler } from "../src/system/scheduler.ts";
import { createSeededRandom } from "../src/system/seeded-random.ts";
import { hostileDatagrams } from "../test/helpers/hostile-datagrams.ts";
import { udpRequest } from "../test/helpers/udp-request.ts";

const COUNT = Number(process.argv[2] ?? "1000000");
const SEED = process.argv[3] ?? "udp-fuzz";
const PREPARED = 50_000;
/** Heap that may come and go between two measurements. */
const SLACK_BYTES = 4 * 2 ** 20;
const FROM = { host: "198.51.100.66", port: 5060 };

const taps: BindOptions[] = [];
const told = { answered: 0, accepted: 0, learned: 0 };
const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
const clock = createSystemClock();
const listener = await createUdpConnectionRequests({
  datagrams: {
    async bind(options) {
      taps.push(options);
      return {
        local: { host: null, port: 7547 },
        send(_bytes, { host }) {
          if (host === FROM.host) told.answered += 1;
        },
        resolve: async (name) => name,
        sourceAddress: async () => "192.0.2.20",
        close: async () => {},
      };
    },
  },
  address: null,
  port: 7547,
  always: true,
  padding: "rfc3489",
  clock,
  scheduler: createScheduler(clock, (error) => {
    throw error;
  }),
  random: createSeededRandom("transactions"),
  log: quiet,
}).listen({
  credentials: () => ({ username: "acs", password: "knock" }),
  accepted: () => ({ mark: { ts: 1, id: "1" }, signatures: [] }),
  requested() {
    told.accepted += 1;
  },
  bound() {
    told.learned += 1;
  },
});
// A STUN server that never answers: forged answers meet a request that waits.
const server = { host: "198.51.100.1", port: 3478 };
listener.useStun({ server, username: "", password: "", minimumSeconds: 0, maximumSeconds: null });
await new Promise<void>((resolve) => setImmediate(resolve));
const take = (bytes: Uint8Array): void => taps[0]?.onMessage(bytes, FROM);
const heapBytes = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

const generator = hostileDatagrams(createSeededRandom(SEED));
const prepared = Array.from({ length: Math.min(PREPARED, COUNT) }, () => generator.next().value ?? new Uint8Array());
for (const bytes of prepared) take(bytes);
const before = heapBytes();
let spentMs = 0;
for (let done = 0; done < COUNT; done += prepared.length) {
  const batch = prepared.map(() => generator.next().value ?? new Uint8Array());
  const begin = performance.now();
  for (const bytes of batch) take(bytes);
  spentMs += performance.now() - begin;
}
const grown = heapBytes() - before;
const result = { ...told };
take(udpRequest({ ts: 2 }));
const alive = told.accepted === result.accepted + 1;
await listener.close();

const rate = Math.round((COUNT / spentMs) * 1000);
console.log(`${COUNT} datagrams, seed ${SEED}: ${rate} datagrams per second on one core`);
const { answered, accepted, learned } = result;
const moreMib = (grown / 2 ** 20).toFixed(1);
console.log(`answered ${answered}, accepted ${accepted}, addresses learned ${learned}, heap ${moreMib} MiB more`);
console.log(alive ? "the genuine request after them was taken" : "the genuine request after them was NOT taken");
const unharmed = Object.values(result).every((count) => count === 0);
const flat = globalThis.gc === undefined || grown < SLACK_BYTES;
if (!flat) console.log("memory has grown");
process.exitCode = unharmed && alive && flat ? 0 : 1;

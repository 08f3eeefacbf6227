import { createUdpConnectionRequests } from "../../src/connection-request/udp/listener.ts";
import type { BindOptions } from "../../src/ports/datagrams.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { createFakeTime } from "../../test/helpers/fake-time.ts";
import { hostileDatagrams } from "../../test/helpers/hostile-datagrams.ts";
import { silentLogger } from "../../test/helpers/silent-logger.ts";
import { udpRequest } from "../../test/helpers/udp-request.ts";
import type { OpenTarget, Target } from "../target.ts";

const FROM = { host: "198.51.100.66", port: 5060 };
const SEEDS = 60;

/** Datagrams of strangers to the port of UDP connection requests and STUN: nothing is answered, accepted or learned. */
export const datagrams: Target = {
  name: "datagrams",
  seeds: [...take(hostileDatagrams(createSeededRandom("seeds")), SEEDS)],
  words: [
    "GET ",
    "http://x?ts=1&id=2&un=acs&cn=x&sig=0",
    " HTTP/1.1\r\n",
    "ts=9999999999",
    "%",
    "\x01\x01",
    "\r\n\r\n",
  ],
  open: openDatagrams,
};

async function openDatagrams(): Promise<OpenTarget> {
  const taps: BindOptions[] = [];
  const told = { answered: 0, accepted: 0, learned: 0 };
  const time = createFakeTime();
  const listener = await createUdpConnectionRequests({
    rate: { count: 30, windowMs: 60_000 },
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
    ...{ address: null, port: 7547, always: true, padding: "rfc3489" },
    ...time,
    random: createSeededRandom("transactions"),
    log: silentLogger,
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
  return {
    take(input) {
      take(input);
      const harmed = Object.entries(told).filter(([, count]) => count > 0);
      if (harmed.length > 0) throw new Error(harmed.map(([what]) => `a stranger's datagram was ${what}`).join(", "));
    },
    async close() {
      // Budgets are full again.
      await time.advance(60_000);
      take(udpRequest({ ts: 2 }));
      await listener.close();
      if (told.accepted !== 1) throw new Error("the genuine request after them was not taken");
    },
  };
}

function* take(all: Generator<Uint8Array>, count: number): Generator<Buffer> {
  for (let left = count; left > 0; left--) yield Buffer.from(all.next().value ?? new Uint8Array());
}

import { createUdpConnectionRequests } from "../../../src/connection-request/udp/listener.ts";
import type {
  AcceptedMark,
  StunSettings,
  UdpBinding,
  UdpListener,
} from "../../../src/ports/udp-connection-requests.ts";
import type { IntegrityPadding } from "../../../src/system/stun/integrity.ts";
import { acceptedRequests } from "../../helpers/accepted-requests.ts";
import { createFakeNetwork, type FakeNat, type FakeNetwork } from "../../helpers/fake-network.ts";
import { type FakeStunServer, startFakeStunServer } from "../../helpers/fake-stun-server.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger, type MemoryLogger } from "../../helpers/memory-logger.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

export const STUN: StunSettings = {
  server: { host: "stun.example", port: 3478 },
  username: "",
  password: "",
  minimumSeconds: 30,
  maximumSeconds: 30,
};

export interface PhoneUnderTest {
  readonly time: FakeTime;
  readonly network: FakeNetwork;
  readonly nat: FakeNat;
  readonly server: FakeStunServer;
  readonly listener: UdpListener;
  readonly log: MemoryLogger;
  /** What STUN has found, in order. */
  readonly bindings: UdpBinding[];
  /** Accepted connection requests. */
  readonly accepted: AcceptedMark[];
  /** Moves the phone to another address of its own. */
  move(host: string): void;
  /** Sends to the phone's outside address from a machine of the ACS. */
  sendRequest(bytes: Uint8Array): Promise<void>;
  /** Milliseconds between the marked requests that went out. */
  intervals(): readonly number[];
}

/** A phone's UDP port behind a NAT with a STUN server outside; `stun` null leaves STUN off. */
export async function startPhone(
  stun: Partial<StunSettings> | null = {},
  options: {
    nat?: "none";
    lifetimeMs?: number;
    padding?: IntegrityPadding;
    server?: Partial<FakeStunServer["ways"]>;
  } = {},
): Promise<PhoneUnderTest> {
  const time = createFakeTime();
  const network = createFakeNetwork(time);
  network.names.set("stun.example", "198.51.100.1");
  const server = await startFakeStunServer(network.machine("198.51.100.1"), time.clock);
  Object.assign(server.ways, options.server);
  const nat = network.nat("203.0.113.5", { lifetimeMs: options.lifetimeMs ?? 120_000 });
  const machine = network.machine("192.168.1.20", options.nat === "none" ? undefined : nat);
  const bindings: UdpBinding[] = [];
  const accepted: AcceptedMark[] = [];
  const log = createMemoryLogger();
  const requests = createUdpConnectionRequests({
    datagrams: machine,
    address: null,
    port: 7547,
    always: false,
    padding: options.padding ?? "rfc3489",
    rate: { count: 30, windowMs: 60_000 },
    ...time,
    random: seededRandom(),
    log,
  });
  const listener = await requests.listen({
    credentials: () => ({ username: "acs", password: "knock" }),
    ...acceptedRequests((request) => void accepted.push(request)),
    bound: (binding) => void bindings.push(binding),
  });
  const acs = await network.machine("198.51.100.9").bind({ address: null, port: 0, onMessage: () => {} });
  if (stun !== null) listener.useStun({ ...STUN, ...stun });
  await time.advance(0);
  return {
    time,
    network,
    nat,
    server,
    listener,
    log,
    bindings,
    accepted,
    move: (host) => {
      machine.host = host;
    },
    async sendRequest(bytes) {
      acs.send(bytes, bindings.at(-1)?.address ?? { host: "192.168.1.20", port: 7547 });
      await time.advance(0);
    },
    intervals() {
      const times = server.marked.map(({ atMs }) => atMs);
      return times.slice(1).map((at, index) => at - (times[index] ?? 0));
    },
  };
}

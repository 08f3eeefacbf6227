import type { DatagramSocket, Datagrams, InternetAddress } from "../../src/ports/datagrams.ts";
import { sameAddress } from "../../src/system/stun/address.ts";
import type { FakeTime } from "./fake-time.ts";

type Receive = (bytes: Uint8Array, from: InternetAddress) => void;

/** A NAT as phones meet it: what goes out opens a way back, for a while. */
export interface FakeNat {
  /** Its address outside. */
  readonly host: string;
  /** How long a way stays open after the last datagram that went out (and no longer for what comes in). */
  lifetimeMs: number;
  /** Forgets every way, as after a power cut; the next ones get other ports. */
  forget(): void;
}

export interface FakeNetwork {
  /** Sockets of a machine with this address; behind the NAT where one is given. */
  machine(host: string, nat?: FakeNat): Datagrams & { host: string };
  nat(host: string, options: { readonly lifetimeMs: number; readonly firstPort?: number }): FakeNat;
  /** What names stand for; an IP address stands for itself. */
  readonly names: Map<string, string>;
  /** Every datagram that reached somebody, or nobody. */
  readonly sent: readonly {
    readonly from: InternetAddress;
    readonly to: InternetAddress;
    readonly bytes: Uint8Array;
  }[];
  /** Called for each; true loses it. */
  lose: (to: InternetAddress, bytes: Uint8Array) => boolean;
}

interface Way {
  readonly inside: InternetAddress;
  readonly outside: InternetAddress;
  untilMs: number;
}

/** UDP between fake machines, in fake time; a datagram arrives a turn later. */
export function createFakeNetwork({ clock }: Pick<FakeTime, "clock">): FakeNetwork {
  const sockets: { readonly at: InternetAddress; receive: Receive }[] = [];
  const ways = new Map<FakeNat, Way[]>();
  const names = new Map<string, string>();
  const sent: { from: InternetAddress; to: InternetAddress; bytes: Uint8Array }[] = [];
  let nextPort = 40_000;

  const outside = (nat: FakeNat & { nextPort: number }, inside: InternetAddress): InternetAddress => {
    const open = (ways.get(nat) ?? []).filter(({ untilMs }) => untilMs > clock.monotonic());
    const known = open.find((way) => sameAddress(way.inside, inside));
    const way = known ?? { inside, outside: { host: nat.host, port: nat.nextPort++ }, untilMs: 0 };
    way.untilMs = clock.monotonic() + nat.lifetimeMs;
    ways.set(nat, known === undefined ? [...open, way] : open);
    return way.outside;
  };
  const inside = (to: InternetAddress): InternetAddress => {
    const all = [...ways.values()].flat();
    const way = all.find((one) => sameAddress(one.outside, to) && one.untilMs > clock.monotonic());
    return way?.inside ?? to;
  };
  const network: FakeNetwork = {
    names,
    sent,
    lose: () => false,
    nat(host, { lifetimeMs, firstPort = 62_000 }) {
      const nat = { host, lifetimeMs, nextPort: firstPort, forget: () => void ways.delete(nat) };
      return nat;
    },
    machine(host, nat) {
      const machine = {
        host,
        async bind({ address, port, onMessage }: Parameters<Datagrams["bind"]>[0]): Promise<DatagramSocket> {
          const own = port === 0 ? nextPort++ : port;
          const socket = {
            get at() {
              return { host: machine.host, port: own };
            },
            receive: onMessage,
          };
          sockets.push(socket);
          return {
            local: { host: address, port: socket.at.port },
            send(bytes, to) {
              const from = nat === undefined ? socket.at : outside(nat as FakeNat & { nextPort: number }, socket.at);
              sent.push({ from, to, bytes });
              if (network.lose(to, bytes)) return;
              queueMicrotask(() => {
                const goal = inside(to);
                sockets.find(({ at }) => sameAddress(at, goal))?.receive(bytes, from);
              });
            },
            async resolve(name) {
              const found = /^[\d.:a-f]+$/i.test(name) ? name : names.get(name);
              if (found === undefined) throw new Error(`the name ${name} is not known`);
              return found;
            },
            sourceAddress: async () => machine.host,
            close: async () => void sockets.splice(sockets.indexOf(socket), 1),
          };
        },
      };
      return machine;
    },
  };
  return network;
}

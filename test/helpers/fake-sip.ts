import { createNonces } from "../../src/connection-request/nonces.ts";
import { createRateLimit } from "../../src/connection-request/rate-limit.ts";
import type { InternetAddress } from "../../src/ports/datagrams.ts";
import type { ServiceRecord, SipFlow, SipListener, SipTarget, SipTransport } from "../../src/ports/sip.ts";
import type { SipMessage, SipRequest } from "../../src/sip/message/message.ts";
import { parseMessage } from "../../src/sip/message/parse.ts";
import { responseBytes } from "../../src/sip/message/response.ts";
import { hostPort } from "../../src/sip/message/uri.ts";
import { SipStack } from "../../src/sip/stack.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";
import { seededRandom } from "./seeded-random.ts";

export const PHONE: InternetAddress = { host: "192.0.2.50", port: 5062 };
const PHONE_IPV6: InternetAddress = { host: "2001:db8::50", port: 5062 };

/** What a server does with what reaches it. */
export type SipServer = (bytes: Uint8Array, back: SipFlow) => void;

/** Something that went over the wire. */
export interface SentMessage {
  readonly atMs: number;
  readonly to: string;
  /** Null: no SIP, such as a keep-alive. */
  readonly message: SipMessage | null;
  readonly text: string;
}

export interface FakeSip {
  readonly time: FakeTime;
  readonly transport: SipTransport;
  readonly stack: SipStack;
  /** By `host:port`; an address without a server loses everything, or refuses connections. */
  readonly servers: Map<string, SipServer>;
  readonly names: Map<string, readonly string[]>;
  readonly services: Map<string, readonly ServiceRecord[]>;
  /** Everything that the phone has sent. */
  readonly sent: readonly SentMessage[];
  /** The same, as `1500 192.0.2.1:5060 REGISTER sip:pbx`. */
  lines(): readonly string[];
  /** UDP ports that accounts use, one for each. */
  readonly ports: readonly number[];
  /** So many of the next messages of the phone get lost. */
  lose(count: number): void;
  /** A message of somebody else, with a way back whose messages are collected. */
  deliver(text: string, from?: InternetAddress): { readonly answers: string[]; readonly flow: SipFlow };
  deliverBytes(bytes: Uint8Array, from?: InternetAddress): { readonly answers: string[]; readonly flow: SipFlow };
  /** What comes by a way that the test has made. */
  receive(bytes: Uint8Array, from: SipFlow): void;
  /** Ends every connection. */
  hangUpAll(): void;
}

export interface FakeSipOptions {
  /** What the phone's socket sends to; both unless given. */
  readonly kinds?: readonly ("IPv4" | "IPv6")[];
  /** Answers to strangers in a second; without a limit unless given. */
  readonly strangersPerSecond?: number;
  /** Whether `sent` has everything that the phone sends: a fleet sends too much for that. */
  readonly keepsSent?: boolean;
}

/** A phone's SIP in a world without sockets. */
export function createFakeSip({
  kinds = ["IPv4", "IPv6"],
  strangersPerSecond,
  keepsSent = true,
}: FakeSipOptions = {}): FakeSip {
  const time = createFakeTime({ inMemory: true });
  const sent: SentMessage[] = [];
  const servers = new Map<string, SipServer>();
  const names = new Map<string, readonly string[]>();
  const services = new Map<string, readonly ServiceRecord[]>();
  const connections: SipFlow[] = [];
  const ports: number[] = [];
  let listener: SipListener = { received: () => {}, closed: () => {} };
  let toLose = 0;

  function flowTo(target: SipTarget): SipFlow {
    const to = hostPort(target.host, target.port);
    const phone = target.host.includes(":") ? PHONE_IPV6 : PHONE;
    const flow: SipFlow = {
      protocol: target.protocol,
      remote: { host: target.host, port: target.port },
      local: target.protocol === "UDP" ? phone : { ...phone, port: 40_000 },
      send(bytes) {
        if (keepsSent) {
          const text = Buffer.from(bytes).toString("utf8");
          sent.push({ atMs: time.clock.monotonic(), to, message: parseMessage(bytes), text });
        }
        if (toLose > 0) toLose--;
        else queueMicrotask(() => servers.get(to)?.(bytes, backOf(flow)));
      },
    };
    return flow;
  }

  function backOf(flow: SipFlow): SipFlow {
    const { protocol, local, remote } = flow;
    const send = (bytes: Uint8Array): void => queueMicrotask(() => listener.received(bytes, flow));
    return { protocol, local: remote, remote: local, send };
  }

  const transport: SipTransport = {
    listen(given) {
      listener = given;
    },
    async open(target) {
      if (target.protocol !== "UDP" && !servers.has(hostPort(target.host, target.port))) {
        throw new Error("it refuses connections");
      }
      const flow = flowTo(target);
      if (target.protocol !== "UDP") connections.push(flow);
      return flow;
    },
    usePort(port) {
      ports.push(port);
      return () => void ports.splice(ports.indexOf(port), 1);
    },
    speaksTo: (host) => kinds.includes(host.includes(":") ? "IPv6" : "IPv4"),
    openVoice: async () => ({ port: 40_002, close: async () => {} }),
    close: async () => {},
  };
  const resolver = {
    services: async (name: string) => services.get(name) ?? [],
    addresses: async (name: string) => {
      const found = names.get(name);
      if (found === undefined) throw new Error(`the name ${name} is not known: ENOTFOUND`);
      return found;
    },
  };
  const strangers = createRateLimit(time.clock, {
    count: strangersPerSecond ?? Number.POSITIVE_INFINITY,
    windowMs: 1_000,
  });
  const nonces = createNonces(time.clock, seededRandom("nonces"));
  const stack = new SipStack({ ...time, nonces, random: seededRandom("sip"), transport, resolver, strangers });
  return {
    ...{ time, transport, stack, servers, names, services, sent, ports },
    lines: () => sent.map(({ atMs, to, text }) => `${Math.round(atMs)} ${to} ${text.split("\r\n")[0]}`),
    lose(count) {
      toLose = count;
    },
    deliver(text, from) {
      return this.deliverBytes(Buffer.from(text, "utf8"), from);
    },
    deliverBytes(bytes, from = { host: "198.51.100.7", port: 5060 }) {
      const answers: string[] = [];
      const collecting = (remote: InternetAddress): SipFlow => ({
        protocol: "UDP",
        ...{ remote, local: PHONE },
        send: (answer) => void answers.push(Buffer.from(answer).toString("utf8")),
        toPort: (port) => collecting({ host: remote.host, port }),
      });
      const flow = collecting(from);
      listener.received(bytes, flow);
      return { answers, flow };
    },
    receive: (bytes, from) => listener.received(bytes, from),
    hangUpAll() {
      for (const flow of connections.splice(0)) listener.closed(flow, "the connection was closed");
    },
  };
}

/** A server that answers requests as a function says; null: not at all. */
export function scriptedServer(
  answer: (request: SipRequest, count: number) => readonly [number, Readonly<Record<string, string>>?] | null,
): SipServer {
  let count = 0;
  return (bytes, back) => {
    const request = parseMessage(bytes);
    if (request?.kind !== "request") return;
    const [status, headers = {}] = answer(request, ++count) ?? [];
    if (status === undefined) return;
    const extras = Object.entries(headers).map(([name, value]) => ({ name, value }));
    back.send(responseBytes(request, back, status, { headers: extras, toTag: "server" }));
  };
}

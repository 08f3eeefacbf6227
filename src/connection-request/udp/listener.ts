import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { DatagramSocket, Datagrams } from "../../ports/datagrams.ts";
import type { Logger } from "../../ports/logger.ts";
import { type Meter, NO_METER } from "../../ports/meter.ts";
import type { Random } from "../../ports/random.ts";
import type {
  StunSettings,
  UdpConnectionRequests,
  UdpEndpoint,
  UdpListener,
} from "../../ports/udp-connection-requests.ts";
import type { IntegrityPadding } from "../../system/stun/integrity.ts";
import { BindingKeeper } from "../binding/keeper.ts";
import type { Rate } from "../rate-limit.ts";
import { createRefusalLog, type RefusalLog } from "../refusal-log.ts";
import { createUdpRequests, type UdpRequests } from "./datagrams.ts";

export interface UdpConnectionRequestsOptions {
  readonly datagrams: Datagrams;
  /** Null: every address of this machine. */
  readonly address: string | null;
  /** 0: any free port. */
  readonly port: number;
  /** Whether the port is open while STUN is off. */
  readonly always: boolean;
  readonly padding: IntegrityPadding;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Its bytes must be unpredictable: they tell answers from forgeries. */
  readonly random: Random;
  readonly log: Logger;
  /** Copies of an accepted request are not counted. */
  readonly meter?: Pick<Meter, "connectionRequest">;
  /** Accepted requests. */
  readonly rate: Rate;
}

/** The first two bits of every STUN message are 0 (RFC 3489 11.1). */
const STUN_BITS = 0xc0;

/** UDP connection requests (TR-069 Annex G): a socket for each phone that listens. */
export function createUdpConnectionRequests(options: UdpConnectionRequestsOptions): UdpConnectionRequests {
  return {
    always: options.always,
    listen: (endpoint) => openListener(options, endpoint),
  };
}

async function openListener(options: UdpConnectionRequestsOptions, endpoint: UdpEndpoint): Promise<UdpListener> {
  const { datagrams, address, port, clock, rate, scheduler, log, meter = NO_METER } = options;
  const refusals = createRefusalLog(scheduler, log, (result) => meter.connectionRequest("udp", result));
  const requests = createUdpRequests({
    endpoint,
    clock,
    scheduler,
    rate,
    refusals,
    onAccepted(from) {
      meter.connectionRequest("udp", "accepted");
      log.info({ from: from.host }, "a UDP connection request was accepted");
    },
  });
  const stun: CurrentStun = { keeper: null };
  const socket = await datagrams.bind({
    address,
    port,
    onMessage(bytes, from) {
      if (((bytes[0] ?? STUN_BITS) & STUN_BITS) === 0) stun.keeper?.receive(bytes);
      else requests.take(bytes, from);
    },
  });
  return new Listener({ options, endpoint, socket, requests, refusals, stun });
}

/** Where STUN's datagrams go. */
interface CurrentStun {
  keeper: BindingKeeper | null;
}

interface Parts {
  readonly options: UdpConnectionRequestsOptions;
  readonly endpoint: UdpEndpoint;
  readonly socket: DatagramSocket;
  readonly requests: UdpRequests;
  readonly refusals: RefusalLog;
  readonly stun: CurrentStun;
}

class Listener implements UdpListener {
  readonly #parts: Parts;
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get local(): UdpListener["local"] {
    return this.#parts.socket.local;
  }

  useStun(settings: StunSettings | null): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const keeper = settings === null ? null : this.#createKeeper(settings, signal);
    this.#parts.stun.keeper = keeper;
    if (keeper !== null) this.#running = Promise.all([this.#running, keeper.run(signal)]).then(() => {});
  }

  async close(): Promise<void> {
    const { stun, socket, requests, refusals } = this.#parts;
    this.#abort.abort();
    requests.close();
    stun.keeper = null;
    await this.#running;
    await socket.close();
    refusals.close();
  }

  #createKeeper(settings: StunSettings, signal: AbortSignal): BindingKeeper {
    const { datagrams, address, padding, clock, scheduler, random, log } = this.#parts.options;
    const keeper: BindingKeeper = new BindingKeeper({
      settings,
      padding,
      socket: this.#parts.socket,
      openProbe: () => datagrams.bind({ address, port: 0, onMessage: (bytes) => keeper.receive(bytes, "probe") }),
      clock,
      scheduler,
      random,
      log,
      onBinding: (binding) => {
        // A keeper that is being replaced must not speak any more.
        if (!signal.aborted) this.#parts.endpoint.bound(binding);
      },
    });
    return keeper;
  }
}

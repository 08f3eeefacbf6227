import type { StunSettings, UdpConnectionRequests, UdpListener } from "../../ports/udp-connection-requests.ts";
import type { IntegrityPadding } from "../../system/stun/integrity.ts";
import { BindingKeeper } from "../binding/keeper.ts";
import { createRateLimit, type Rate } from "../rate-limit.ts";
import type { UdpPhone } from "./datagrams.ts";
import { openUdpPort, SharedSocket, type UdpPort, type UdpPortOptions } from "./port.ts";

export interface UdpConnectionRequestsOptions extends UdpPortOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Sockets that all phones share, at `port` and the ports after it. Absent: a socket for each phone, all at `port`. */
  readonly sockets?: number;
  /** Whether the port is open while STUN is off. */
  readonly always: boolean;
  readonly padding: IntegrityPadding;
  /** Accepted requests of one phone. */
  readonly rate: Rate;
}

/** UDP connection requests (TR-069 Annex G), on a socket for each phone that listens, or on a few for all of them. */
export function createUdpConnectionRequests(options: UdpConnectionRequestsOptions): UdpConnectionRequests {
  const socket = (port: number) => new SharedSocket(() => openUdpPort(options, port));
  const shared = Array.from({ length: options.sockets ?? 0 }, (_value, at) =>
    socket(options.port === 0 ? 0 : options.port + at),
  );
  return {
    always: options.always,
    async listen(endpoint) {
      const phone = { endpoint, limit: createRateLimit(options.clock, options.rate) };
      const place = emptiest(shared) ?? socket(options.port);
      return new Listener(options, { phone, place, port: await place.enter(phone) });
    },
  };
}

function emptiest(sockets: readonly SharedSocket[]): SharedSocket | undefined {
  return sockets.reduce<SharedSocket | undefined>(
    (least, next) => (least === undefined || next.phones < least.phones ? next : least),
    undefined,
  );
}

interface Seat {
  readonly phone: UdpPhone;
  readonly place: SharedSocket;
  readonly port: UdpPort;
}

class Listener implements UdpListener {
  readonly #options: UdpConnectionRequestsOptions;
  readonly #seat: Seat;
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: UdpConnectionRequestsOptions, seat: Seat) {
    this.#options = options;
    this.#seat = seat;
  }

  get local(): UdpListener["local"] {
    return this.#seat.port.socket.local;
  }

  useStun(settings: StunSettings | null): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    if (settings === null) return;
    const keeper = this.#createKeeper(settings, signal);
    this.#running = Promise.all([this.#running, keeper.run(signal)]).then(() => {});
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    await this.#seat.place.leave(this.#seat.phone);
  }

  #createKeeper(settings: StunSettings, signal: AbortSignal): BindingKeeper {
    const { datagrams, address, sockets, padding, clock, scheduler, random, log } = this.#options;
    const { socket, transactions } = this.#seat.port;
    const onMessage = (bytes: Uint8Array): void => transactions.receive(bytes, "probe");
    return new BindingKeeper({
      ...{ settings, padding, socket, transactions, clock, scheduler, random, log },
      // What other phones send keeps the binding of a shared socket, so that there is nothing to measure.
      openProbe: sockets === undefined ? () => datagrams.bind({ address, port: 0, onMessage }) : null,
      onBinding: (binding) => {
        // A keeper that is being replaced must not report any more.
        if (!signal.aborted) this.#seat.phone.endpoint.bound(binding);
      },
    });
  }
}

import { messageOf } from "../../cwmp/errors.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { DatagramSocket, InternetAddress } from "../../ports/datagrams.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import type { StunSettings, UdpBinding } from "../../ports/udp-connection-requests.ts";
import { isReachable, sameAddress } from "../../system/stun/address.ts";
import type { BindingAnswer } from "../../system/stun/binding.ts";
import type { IntegrityPadding } from "../../system/stun/integrity.ts";
import { type LifetimeSearch, searchFurther, shortened, startLifetimeSearch, withoutSearch } from "./lifetime.ts";
import type { Transactions } from "./transactions.ts";
import { pause, unlessAborted } from "./waits.ts";

export interface KeeperOptions {
  readonly settings: StunSettings;
  readonly padding: IntegrityPadding;
  /** The one on which connection requests are received (C-230). */
  readonly socket: DatagramSocket;
  /** Of that socket. */
  readonly transactions: Transactions;
  /**
   * A second socket on a port of its own, whose datagrams go to the transactions as `probe`. Null: how long the NAT keeps a binding is
   * not measured.
   */
  readonly openProbe: (() => Promise<DatagramSocket>) | null;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
  /** The first binding, and each other one (C-236). */
  onBinding(binding: UdpBinding): void;
}

/** The n-th wait after a failure lies between half of this, doubled n-1 times, and all of it. */
const FIRST_BACK_OFF_MS = 30_000;
const MAX_BACK_OFF_MS = 300_000;

/** The server does not answer, or refuses. The message says which. */
class StunFailure extends Error {}

/** Finds the phone's address outside a NAT and keeps it alive (TR-069 Annex G; conformance section 9). */
export class BindingKeeper {
  readonly #options: KeeperOptions;
  #known: InternetAddress | null = null;
  #search: LifetimeSearch;
  /** Whether the server answers to another port; null while that is not known. */
  #canProbe: boolean | null = null;
  /** The server has asked for MESSAGE-INTEGRITY (C-233). */
  #signs = false;
  #failures = 0;
  #sentMs = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#search = newSearch(options);
  }

  /** Runs until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { scheduler } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#keep(signal);
      } catch (error) {
        if (signal.aborted) return;
        await pause(scheduler, this.#backOffMs(error), "STUN after a failure", signal).catch(() => {});
      }
    }
  }

  /** Returns when the phone's own address has changed; throws when the server fails. */
  async #keep(signal: AbortSignal): Promise<void> {
    const { settings, socket } = this.#options;
    const server = {
      host: await unlessAborted(socket.resolve(settings.server.host), signal),
      port: settings.server.port,
    };
    const source = await socket.sourceAddress(server);
    await this.#refresh(server, source, signal);
    if (this.#canProbe === null && !this.#search.settled) await this.#tryProbe(server, signal);
    for (;;) {
      await this.#silence(signal);
      const lasted = this.#search.settled ? null : (await this.#probe(server, signal)) === "lasted";
      if ((await socket.sourceAddress(server)) !== source) return this.#startAnew();
      const moved = await this.#refresh(server, source, signal);
      if (lasted !== null) this.#searchOn(lasted);
      else if (moved) this.#search = shortened(this.#search, this.#canProbe === true);
    }
  }

  #searchOn(lasted: boolean): void {
    this.#search = searchFurther(this.#search, lasted);
    const { settled, periodMs } = this.#search;
    if (settled)
      this.#options.log.info(
        { periodMs },
        `STUN: a request every ${Math.round(periodMs / 1000)} s keeps the binding alive`,
      );
  }

  /** Another network: what was learned of the old one counts no more (C-251). */
  #startAnew(): void {
    this.#known = null;
    this.#search = newSearch(this.#options);
    this.#canProbe = null;
  }

  /** From the last request on: with equal keep-alive periods the interval is exact (C-239). */
  async #silence(signal: AbortSignal): Promise<void> {
    const { clock, scheduler } = this.#options;
    const delayMs = this.#sentMs + this.#search.periodMs - clock.monotonic();
    await pause(scheduler, delayMs, "STUN keep-alive", signal);
  }

  /** One request that keeps the binding open; another at once when it has changed (C-236). True when it has moved. */
  async #refresh(server: InternetAddress, source: string, signal: AbortSignal): Promise<boolean> {
    const before = this.#known;
    this.#learn(await this.#request(server, source, false, signal), source);
    this.#failures = 0;
    if (sameAddress(before, this.#known)) return false;
    this.#learn(await this.#request(server, source, true, signal), source);
    return before !== null;
  }

  #learn(address: InternetAddress, source: string): void {
    if (sameAddress(address, this.#known)) return;
    const { socket, onBinding, log } = this.#options;
    this.#known = address;
    const natDetected = !sameAddress(address, { host: source, port: socket.local.port });
    log.info(
      { ...address, natDetected },
      natDetected ? "STUN: there is a NAT, and its binding is open" : "STUN: there is no NAT",
    );
    onBinding({ address, natDetected });
  }

  async #request(
    server: InternetAddress,
    source: string,
    change: boolean,
    signal: AbortSignal,
  ): Promise<InternetAddress> {
    const { socket, settings, clock } = this.#options;
    this.#sentMs = clock.monotonic();
    const ask = () => this.#ask(socket, server, { connectionRequest: true, change, responseAddress: null }, signal);
    let answer = await ask();
    if (answer?.kind === "error" && answer.code === 401 && !this.#signs && settings.username !== "") {
      this.#signs = true;
      answer = await ask();
    }
    if (answer?.kind === "mapped") {
      if (isReachable(answer.address, source)) return answer.address;
      const { host, port } = answer.address;
      throw new StunFailure(`the STUN server names ${host} port ${port}, where no phone can be reached`);
    }
    // What the server asked for may be another next time.
    this.#signs = false;
    if (answer === null) throw new StunFailure("the STUN server does not answer");
    throw new StunFailure(`the STUN server refuses with error ${answer.code}`);
  }

  async #ask(
    socket: DatagramSocket,
    server: InternetAddress,
    request: { connectionRequest: boolean; change: boolean; responseAddress: InternetAddress | null },
    signal: AbortSignal,
  ): Promise<BindingAnswer | null> {
    const answered = await this.#options.transactions.ask(
      socket,
      server,
      { ...request, ...this.#login(request) },
      signal,
    );
    return answered?.answer ?? null;
  }

  #login({ connectionRequest }: { readonly connectionRequest: boolean }) {
    const { settings, padding } = this.#options;
    const username = connectionRequest || this.#signs ? settings.username : "";
    return { username, integrity: this.#signs ? { password: settings.password, padding } : null };
  }

  /** A probe right after a request must come through: else the server cannot do it, and there will be no search. */
  async #tryProbe(server: InternetAddress, signal: AbortSignal): Promise<void> {
    this.#canProbe = (await this.#probe(server, signal)) === "lasted";
    if (this.#canProbe) return;
    this.#search = withoutSearch(this.#search);
    this.#options.log.info(
      { periodMs: this.#search.periodMs },
      "STUN: the server does not support measuring the timeout of the NAT",
    );
  }

  /** Asks from a second port for an answer to the first one's binding (C-241). */
  async #probe(server: InternetAddress, signal: AbortSignal): Promise<"lasted" | "ended"> {
    const probe = await this.#options.openProbe?.();
    if (probe === undefined) return "ended";
    try {
      const request = { connectionRequest: false, change: false, responseAddress: this.#known };
      const full = { ...request, ...this.#login(request) };
      const answered = await this.#options.transactions.ask(probe, server, full, signal);
      return answered?.via === "requests" && answered.answer.kind === "mapped" ? "lasted" : "ended";
    } finally {
      await probe.close();
    }
  }

  #backOffMs(error: unknown): number {
    const { settings, random, log } = this.#options;
    const maxMs = Math.min(FIRST_BACK_OFF_MS * 2 ** Math.min(this.#failures, 10), MAX_BACK_OFF_MS);
    const delayMs = Math.max(settings.minimumSeconds * 1000, Math.round(random.between(maxMs / 2, maxMs)));
    const write = this.#failures === 0 ? log.warn : log.debug;
    write.call(log, { reason: messageOf(error), delayMs }, `STUN fails: ${messageOf(error)}`);
    this.#failures += 1;
    return delayMs;
  }
}

function newSearch({ settings, openProbe }: KeeperOptions): LifetimeSearch {
  const search = startLifetimeSearch(settings.minimumSeconds, settings.maximumSeconds);
  return openProbe === null ? withoutSearch(search) : search;
}

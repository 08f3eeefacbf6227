import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { DatagramSocket, Datagrams } from "../../ports/datagrams.ts";
import type { Logger } from "../../ports/logger.ts";
import { type Meter, NO_METER } from "../../ports/meter.ts";
import type { Random } from "../../ports/random.ts";
import { createTransactions, type Transactions } from "../binding/transactions.ts";
import { createRefusalLog } from "../refusal-log.ts";
import { createUdpRequests, type UdpPhone } from "./datagrams.ts";

export interface UdpPortOptions {
  readonly datagrams: Datagrams;
  /** Null: every address of this machine. */
  readonly address: string | null;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Its bytes must be unpredictable: they tell answers from forgeries. */
  readonly random: Random;
  readonly log: Logger;
  /** Copies of an accepted request are not counted. */
  readonly meter?: Pick<Meter, "connectionRequest">;
}

/** A socket, and what comes in on it for its phones: answers of STUN servers, and connection requests. */
export interface UdpPort {
  readonly socket: DatagramSocket;
  /** Of all its phones: their ids tell whose an answer is. */
  readonly transactions: Transactions;
  readonly phones: Set<UdpPhone>;
  close(): Promise<void>;
}

/** The first two bits of every STUN message are 0 (RFC 3489 11.1). */
const STUN_BITS = 0xc0;

/** Throws AgentError LISTEN. */
export async function openUdpPort(options: UdpPortOptions, port: number): Promise<UdpPort> {
  const { datagrams, address, clock, scheduler, random, log, meter = NO_METER } = options;
  const refusals = createRefusalLog(scheduler, log, (result) => meter.connectionRequest("udp", result));
  const phones = new Set<UdpPhone>();
  const requests = createUdpRequests({
    ...{ phones, clock, scheduler, refusals },
    onAccepted(from) {
      meter.connectionRequest("udp", "accepted");
      log.info({ from: from.host }, "a UDP connection request was accepted");
    },
  });
  const transactions = createTransactions(random, scheduler);
  const socket = await datagrams.bind({
    address,
    port,
    onMessage(bytes, from) {
      if (((bytes[0] ?? STUN_BITS) & STUN_BITS) === 0) transactions.receive(bytes, "requests");
      else requests.take(bytes, from);
    },
  });
  return {
    ...{ socket, transactions, phones },
    async close() {
      requests.close();
      await socket.close();
      refusals.close();
    },
  };
}

/** A socket that is open while a phone uses it. */
export class SharedSocket {
  /** How many use it or are about to. */
  phones = 0;
  readonly #open: () => Promise<UdpPort>;
  #port: Promise<UdpPort> | null = null;
  /** The same number may be asked for again while the socket before is being closed. */
  #closed: Promise<void> = Promise.resolve();

  constructor(open: () => Promise<UdpPort>) {
    this.#open = open;
  }

  /** Throws AgentError LISTEN. */
  async enter(phone: UdpPhone): Promise<UdpPort> {
    this.phones += 1;
    this.#port ??= this.#closed.then(this.#open);
    const opening = this.#port;
    try {
      const port = await opening;
      port.phones.add(phone);
      return port;
    } catch (error) {
      this.phones -= 1;
      if (this.#port === opening) this.#port = null;
      throw error;
    }
  }

  async leave(phone: UdpPhone): Promise<void> {
    this.phones -= 1;
    const port = await this.#port;
    port?.phones.delete(phone);
    if (this.phones > 0 || port === null) return;
    this.#port = null;
    this.#closed = port.close();
    await this.#closed;
  }
}

import type { LinesBySip } from "../../backends/simulated/simulation.ts";
import { sipLinesBehaviour } from "../../backends/simulated/sip-lines.ts";
import { createNonces } from "../../connection-request/nonces.ts";
import { createRateLimit } from "../../connection-request/rate-limit.ts";
import type { TlsOptions } from "../../net/connector.ts";
import { createDatagrams } from "../../net/datagrams.ts";
import { createSipResolver } from "../../net/sip/dns.ts";
import { recordedTransport } from "../../net/sip/recorded-transport.ts";
import { createSipTransport } from "../../net/sip/sip-transport.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { CheckAddress } from "../../ports/datagrams.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import type { SipLog } from "../../ports/sip-log.ts";
import { createSipMessageLog } from "../../sip/message-log.ts";
import { SipStack } from "../../sip/stack.ts";
import type { SipSettings } from "./sip-settings.ts";

/** SIP of all phones of this process. */
export interface PhonesSip extends LinesBySip {
  /** The last messages; null: none are kept. */
  readonly messages: SipLog | null;
  /** Waits a moment for phones that unregister; to be called once every phone is closed. */
  close(): Promise<void>;
}

export interface SipPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

/** Answers to strangers, of all phones together. */
const STRANGERS = { count: 50, windowMs: 1_000 };

/** @param network certificates, and what may be sent to. Sockets are opened with the first line. Throws AgentError CONFIG where certificates cannot be used. */
export function openPhonesSip(
  { address, port, keep }: SipSettings,
  network: { readonly tls: TlsOptions; readonly checkAddress: CheckAddress | undefined },
  ports: SipPorts,
): PhonesSip {
  const { clock, scheduler, random, log } = ports;
  const bound = EVERY_ADDRESS.includes(address) ? null : address;
  const datagrams = createDatagrams(log);
  const sockets = createSipTransport({ datagrams, address: bound, udpPort: port, scheduler, ...network });
  const messages = keep === 0 ? null : createSipMessageLog(clock, keep);
  const transport = messages === null ? sockets : recordedTransport(sockets, messages);
  const strangers = createRateLimit(clock, STRANGERS);
  const nonces = createNonces(clock, random);
  const stack = new SipStack({ scheduler, random, transport, resolver: createSipResolver(), strangers, clock, nonces });
  return {
    linesOf: (name, accounts, habits) => (firmwareVersion) =>
      sipLinesBehaviour({ stack, accounts, habits, userAgent: () => `${name} ${firmwareVersion()}` }),
    messages,
    close: () => stack.close(),
  };
}

const EVERY_ADDRESS: readonly string[] = ["0.0.0.0", "::"];

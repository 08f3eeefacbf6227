import { createRateLimit } from "../../connection-request/rate-limit.ts";
import { isUrlOf } from "../../cwmp/addresses.ts";
import { createDatagrams } from "../../net/datagrams.ts";
import { openPnpSockets } from "../../net/sip/pnp-sockets.ts";
import { PnpAnswerer, type PnpQuestion } from "../../sip/pnp/pnp-answerer.ts";
import { PNP_GROUP } from "../../sip/pnp/subscription.ts";
import { printableAll } from "../../system/printable.ts";
import { UsageError } from "../io.ts";
import type { RegistrarPorts } from "../registrar/start-registrar.ts";

export interface PnpCommandOptions {
  /** The URL for phones that ask the network for it (PnP). */
  readonly pnp?: string;
  readonly pnpPort: number;
}

/** A phone has asked the network for the URL of its files, and received it. */
export interface PnpEvent extends PnpQuestion {
  readonly kind: "pnp";
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface RunningPnp {
  readonly port: number;
  onEvent(listener: (event: PnpEvent) => void): void;
  close(): Promise<void>;
}

/** Addresses that are answered: the sender of a datagram may be forged. */
const ANSWERS = { count: 100, windowMs: 1_000 };
const SCHEMES = ["http", "https", "tftp", "ftp"];

/** Null: PnP is off. Throws UsageError, and AgentError LISTEN. */
export async function startPnp(
  { pnp: url, pnpPort, address }: PnpCommandOptions & { readonly address: string },
  { clock, scheduler, random, log }: RegistrarPorts,
): Promise<RunningPnp | null> {
  if (url === undefined) return null;
  if (!isUrlOf(SCHEMES, url)) throw new UsageError("--pnp must be a URL, such as http://192.0.2.1/prov/");
  const listeners = new Set<(event: PnpEvent) => void>();
  const answerer = new PnpAnswerer({
    ...{ scheduler, random, url, limit: createRateLimit(clock, ANSWERS) },
    answered(question) {
      for (const listener of listeners) listener({ kind: "pnp", at: clock.now(), ...printableAll(question) });
    },
  });
  const everywhere = ["0.0.0.0", "::"].includes(address);
  const sockets = await openPnpSockets({
    ...{ datagrams: createDatagrams(log), address: everywhere ? null : address },
    ...{ group: PNP_GROUP, port: pnpPort, listener: answerer.listener },
  });
  return {
    port: sockets.port,
    onEvent: (listener) => void listeners.add(listener),
    async close() {
      answerer.abandon();
      await sockets.close();
    },
  };
}

import { createNonces } from "../../connection-request/nonces.ts";
import { createDatagrams } from "../../net/datagrams.ts";
import { openSipServer, type SipServerOptions } from "../../net/sip/sip-server.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import { Registrar, type RegistrarEvent } from "../../sip/registrar/registrar.ts";

export interface RegistrarPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

export interface RegistrarSettings extends Pick<SipServerOptions, "address" | "port" | "tls"> {
  readonly realm: string;
  /** Passwords by user name. */
  readonly users: ReadonlyMap<string, string>;
  /** Users that are refused, each with a status. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly minExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
  readonly event: (event: RegistrarEvent) => void;
}

export interface RunningRegistrar {
  readonly registrar: Registrar;
  /** UDP and TCP. */
  readonly port: number;
  /** Null: no TLS. */
  readonly tlsPort: number | null;
  close(): Promise<void>;
}

const NONCE_SECONDS = 3_600;

/** Throws an Error that names the port that cannot be opened. */
export async function startRegistrar(settings: RegistrarSettings, ports: RegistrarPorts): Promise<RunningRegistrar> {
  const { users, refusals, address, port, tls } = settings;
  const registrar = new Registrar({
    ...settings,
    ...ports,
    nonces: createNonces(ports.clock, ports.random),
    nonceSeconds: NONCE_SECONDS,
    password: (user) => users.get(user),
    refusal: (user) => refusals.get(user) ?? null,
  });
  const { listener } = registrar;
  const sockets = await openSipServer({ datagrams: createDatagrams(ports.log), address, port, tls, listener });
  return {
    registrar,
    port: sockets.port,
    tlsPort: sockets.tlsPort,
    async close() {
      registrar.transactions.abandon();
      await sockets.close();
    },
  };
}

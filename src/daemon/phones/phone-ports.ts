import type { AcsCaller, AcsConnection, AcsTarget, AcsTransport } from "../../ports/acs-transport.ts";
import type {
  ConnectionRequestEndpoint,
  ConnectionRequestListener,
  ConnectionRequests,
} from "../../ports/connection-requests.ts";
import type { Logger } from "../../ports/logger.ts";

/** A log that names the phone in each line, in the field `phone`. */
export class PhoneLog implements Logger {
  readonly #log: Logger;
  readonly #phone: string;

  constructor(log: Logger, phone: string) {
    this.#log = log;
    this.#phone = phone;
  }

  debug(fields: object, message: string): void {
    this.#log.debug({ phone: this.#phone, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.#log.info({ phone: this.#phone, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.#log.warn({ phone: this.#phone, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.#log.error({ phone: this.#phone, ...fields }, message);
  }

  child(fields: Record<string, unknown>): Logger {
    return new PhoneLog(this.#log.child(fields), this.#phone);
  }
}

/** One phone at a transport that it shares. */
export class PhoneTransport implements AcsTransport {
  readonly #shared: AcsTransport;
  readonly #caller: AcsCaller;

  constructor(shared: AcsTransport, caller: AcsCaller) {
    this.#shared = shared;
    this.#caller = caller;
  }

  open(target: AcsTarget, signal: AbortSignal): AcsConnection {
    return this.#shared.open({ ...target, caller: this.#caller }, signal);
  }
}

/** One phone at a connection request port that it shares. */
export class PhoneConnectionRequests implements ConnectionRequests {
  readonly #shared: ConnectionRequests;
  readonly #phone: string;

  constructor(shared: ConnectionRequests, phone: string) {
    this.#shared = shared;
    this.#phone = phone;
  }

  listen(endpoint: ConnectionRequestEndpoint): Promise<ConnectionRequestListener> {
    return this.#shared.listen(new NamedEndpoint(endpoint, this.#phone));
  }
}

class NamedEndpoint implements ConnectionRequestEndpoint {
  readonly #endpoint: ConnectionRequestEndpoint;
  readonly phone: string;

  constructor(endpoint: ConnectionRequestEndpoint, phone: string) {
    this.#endpoint = endpoint;
    this.phone = phone;
  }

  get token(): string {
    return this.#endpoint.token;
  }

  cpeUrl(): ReturnType<ConnectionRequestEndpoint["cpeUrl"]> {
    return this.#endpoint.cpeUrl();
  }

  credentials(): ReturnType<ConnectionRequestEndpoint["credentials"]> {
    return this.#endpoint.credentials();
  }

  requested(): void {
    this.#endpoint.requested();
  }

  available(): boolean {
    return this.#endpoint.available();
  }
}

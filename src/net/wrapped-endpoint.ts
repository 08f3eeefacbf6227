import type { ConnectionRequestEndpoint } from "../ports/connection-requests.ts";

/** An endpoint that answers as another does, for those that change one thing of it. */
export class WrappedEndpoint implements ConnectionRequestEndpoint {
  readonly #endpoint: ConnectionRequestEndpoint;

  constructor(endpoint: ConnectionRequestEndpoint) {
    this.#endpoint = endpoint;
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

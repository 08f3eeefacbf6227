import { hostInUrl } from "../../cwmp/addresses.ts";
import type {
  ConnectionRequestEndpoint,
  ConnectionRequestListener,
  ConnectionRequests,
} from "../../ports/connection-requests.ts";
import type { Random } from "../../ports/random.ts";
import type { PhoneLink } from "../core/feature.ts";
import type { LifecycleCell } from "../core/lifecycle.ts";

/** 120 bits: the path cannot be guessed (C-211). */
const TOKEN_BYTES = 15;

export function createToken(random: Random): string {
  return [...random.bytes(TOKEN_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface ConnectionEndpointOptions extends Pick<PhoneLink, "settings"> {
  readonly ports: { readonly connectionRequests: ConnectionRequests };
  readonly phone: { readonly lifecycle: LifecycleCell };
  /** Called for an accepted request, after its response was sent. */
  requested(): void;
}

/** The phone's connection request endpoint: open while TR-069 is on. */
export class ConnectionEndpoint implements ConnectionRequestEndpoint {
  readonly #options: ConnectionEndpointOptions;
  #listener: ConnectionRequestListener | null = null;

  constructor(options: ConnectionEndpointOptions) {
    this.#options = options;
  }

  get token(): string {
    return this.#options.phone.lifecycle.current.connectionRequestToken ?? "";
  }

  cpeUrl(): string | null {
    return this.#options.settings().cpeUrl;
  }

  credentials(): { readonly username: string; readonly password: string } {
    return this.#options.settings().connectionRequest;
  }

  requested(): void {
    this.#options.requested();
  }

  available(): boolean {
    return this.#listener !== null;
  }

  async open(): Promise<void> {
    this.#listener ??= await this.#options.ports.connectionRequests.listen(this);
  }

  async close(): Promise<void> {
    const closing = this.#listener;
    this.#listener = null;
    await closing?.close();
  }

  /** The value of ConnectionRequestURL; empty while the endpoint is closed or the phone has no address (C-210). */
  url(cpeUrl: string | null, lanAddress: string): string {
    if (this.#listener === null) return "";
    if (cpeUrl !== null) return cpeUrl;
    const host = this.#listener.host ?? lanAddress;
    return host === "" ? "" : `http://${hostInUrl(host)}:${this.#listener.port}/${this.token}`;
  }
}

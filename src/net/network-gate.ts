import { AgentError, CwmpFault } from "../cwmp/errors.ts";
import type { AcsConnection, AcsTarget, AcsTransport } from "../ports/acs-transport.ts";
import type {
  ConnectionRequestEndpoint,
  ConnectionRequestListener,
  ConnectionRequests,
} from "../ports/connection-requests.ts";
import type { DownloadedFile, FileTransfer } from "../ports/file-transfer.ts";
import type { Pnp, PnpAnswer } from "../ports/pnp.ts";
import { WrappedEndpoint } from "./wrapped-endpoint.ts";

/** Whether the phone has a network. */
export type IsConnected = () => boolean;

/** The way to the ACS of a phone whose cable can be drawn: while it is out, nothing gets through, answers under way included. */
export function gateTransport(transport: AcsTransport, isConnected: IsConnected): AcsTransport {
  return new GatedTransport(transport, isConnected);
}

class GatedTransport implements AcsTransport {
  readonly #transport: AcsTransport;
  readonly #isConnected: IsConnected;

  constructor(transport: AcsTransport, isConnected: IsConnected) {
    this.#transport = transport;
    this.#isConnected = isConnected;
  }

  open(target: AcsTarget, signal: AbortSignal): AcsConnection {
    return gateConnection(this.#transport.open(target, signal), this.#isConnected);
  }
}

function gateConnection(connection: AcsConnection, isConnected: IsConnected): AcsConnection {
  const check = (): void => {
    if (!isConnected()) throw new AgentError("ACS_UNREACHABLE", "the simulated phone has no network");
  };
  return {
    async post(...exchange) {
      check();
      const answer = await connection.post(...exchange);
      check();
      return answer;
    },
    close: (failure) => connection.close(failure),
    ...(connection.tookMs === undefined ? {} : { tookMs: connection.tookMs }),
  };
}

/** Connection requests that arrive without a network are turned away: the socket is open, the phone is not there (503). */
export function gateConnectionRequests(requests: ConnectionRequests, isConnected: IsConnected): ConnectionRequests {
  return new GatedRequests(requests, isConnected);
}

class GatedRequests implements ConnectionRequests {
  readonly #requests: ConnectionRequests;
  readonly #isConnected: IsConnected;

  constructor(requests: ConnectionRequests, isConnected: IsConnected) {
    this.#requests = requests;
    this.#isConnected = isConnected;
  }

  listen(endpoint: ConnectionRequestEndpoint): Promise<ConnectionRequestListener> {
    return this.#requests.listen(new GatedEndpoint(endpoint, this.#isConnected));
  }
}

class GatedEndpoint extends WrappedEndpoint {
  readonly #isConnected: IsConnected;

  constructor(endpoint: ConnectionRequestEndpoint, isConnected: IsConnected) {
    super(endpoint);
    this.#isConnected = isConnected;
  }

  override available(): boolean {
    return this.#isConnected() && super.available();
  }
}

/** File servers are as far away as the ACS: fault 9015. */
export function gateFileTransfer(transfer: FileTransfer, isConnected: IsConnected): FileTransfer {
  return new GatedTransfer(transfer, isConnected);
}

class GatedTransfer implements FileTransfer {
  readonly #transfer: FileTransfer;
  readonly #isConnected: IsConnected;

  constructor(transfer: FileTransfer, isConnected: IsConnected) {
    this.#transfer = transfer;
    this.#isConnected = isConnected;
  }

  async download(...call: Parameters<FileTransfer["download"]>): Promise<DownloadedFile> {
    this.#check();
    return this.#transfer.download(...call);
  }

  async fetch(...call: Parameters<FileTransfer["fetch"]>): Promise<Uint8Array> {
    this.#check();
    return this.#transfer.fetch(...call);
  }

  async upload(...call: Parameters<FileTransfer["upload"]>): Promise<void> {
    this.#check();
    return this.#transfer.upload(...call);
  }

  find(name: string): Promise<DownloadedFile | null> {
    return this.#transfer.find(name);
  }

  read(name: string): Promise<Uint8Array> {
    return this.#transfer.read(name);
  }

  keepOnly(names: readonly string[]): Promise<void> {
    return this.#transfer.keepOnly(names);
  }

  #check(): void {
    if (!this.#isConnected()) throw new CwmpFault(9015, "the simulated phone has no network");
  }
}

/** A phone without network sends no request, and the answer is lost if the cable is unplugged meanwhile. */
export function gatePnp(pnp: Pnp, isConnected: IsConnected): Pnp {
  return {
    async ask(phone, signal) {
      if (!isConnected()) return NO_NETWORK;
      const answer = await pnp.ask(phone, signal);
      return isConnected() ? answer : NO_NETWORK;
    },
  };
}

const NO_NETWORK: PnpAnswer = { kind: "none", reason: "the phone has no network" };

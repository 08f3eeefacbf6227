import { hostInUrl } from "../../../cwmp/addresses.ts";
import { EARLIEST_TIME_MS } from "../../../cwmp/date-time.ts";
import { messageOf } from "../../../cwmp/errors.ts";
import { type DurableCell, stateDocument } from "../../../durable/durable-state.ts";
import { flag, listOf, nullOr, shape, text, wholeNumber, withDefault } from "../../../durable/read.ts";
import { SerialQueue } from "../../../durable/serial-queue.ts";
import { lanAddressPath, managementServerPath, readLanAddress } from "../../../parameters/own-paths.ts";
import type { ParameterTree, TreeChange } from "../../../parameters/tree.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Logger } from "../../../ports/logger.ts";
import type {
  AcceptedRequest,
  AcceptedRequests,
  UdpBinding,
  UdpConnectionRequests,
  UdpEndpoint,
  UdpListener,
} from "../../../ports/udp-connection-requests.ts";
import type { Feature, PhoneLink } from "../../core/feature.ts";
import type { SessionOutcome } from "../../core/session-history.ts";
import { readStunSettings, type StunChoice } from "./stun-settings.ts";

const NAT_DETECTED = "NATDetected";
const UDP_ADDRESS = "UDPConnectionRequestAddress";
const SETTINGS_KEYS = "Config.TR069.";

/** Signatures that are kept: 40 characters each. */
const MAX_SIGNATURES = 32;

/**
 * The durable state: protection against replays, and the reported values, so that a restart alone is not a value
 * change.
 */
interface Remembered extends AcceptedRequests {
  readonly address: string;
  readonly natDetected: boolean;
}

const NOTHING: Remembered = { mark: null, signatures: [], address: "", natDetected: false };

export type UdpRequestsCell = DurableCell<Remembered>;

export const UDP_REQUESTS_DOCUMENT = stateDocument<Remembered>(
  "udp-requests",
  NOTHING,
  shape({
    mark: nullOr(shape({ ts: wholeNumber, id: text })),
    // Documents of version 0.1.0 hold none.
    signatures: withDefault(listOf(text), []),
    address: text,
    natDetected: flag,
  }),
);

/**
 * The phone's UDP port: STUN as the parameters say, UDP connection requests, and the parameters that report both (Annex
 * G).
 */
export interface UdpRequests extends Feature {
  readonly natDetected: boolean;
  /** `host:port`; empty while it is not known or the port is closed (C-238). */
  readonly address: string;
}

export interface UdpRequestsOptions extends Pick<PhoneLink, "settings" | "settled"> {
  readonly ports: { readonly udpConnectionRequests: UdpConnectionRequests | null };
  readonly phone: { readonly udpRequests: UdpRequestsCell };
  readonly tree: ParameterTree;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called for a genuine request, after its timestamp is durable. */
  requested(): void;
}

export function createUdpRequests(options: UdpRequestsOptions): UdpRequests {
  return new Requests(options);
}

class Requests implements UdpRequests {
  /** Protection against replays: in force as soon as a request is accepted, before it is saved. */
  #accepted: AcceptedRequests;
  readonly #options: UdpRequestsOptions;
  #listener: UdpListener | null = null;
  /** Null before the settings were read first. */
  #stun: StunChoice | null = null;
  #lanAddress = "";
  #stopped = false;
  /** Applies one change of the settings at a time. */
  readonly #work = new SerialQueue();

  constructor(options: UdpRequestsOptions) {
    this.#options = options;
    this.#accepted = options.phone.udpRequests.current;
  }

  get natDetected(): boolean {
    return this.#remembered.current.natDetected;
  }

  get address(): string {
    return this.#remembered.current.address;
  }

  get #remembered(): UdpRequestsCell {
    return this.#options.phone.udpRequests;
  }

  async start(): Promise<void> {
    const { tree } = this.#options;
    tree.onChange((change) => this.#changed(change));
    this.#follow();
    await this.#work.settled();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work.settled();
    await this.#close();
  }

  /**
   * A timestamp in the future, from an ACS whose clock was wrong for a while, must not lock the ACS out. For the ACS
   * of the session that has just ended it is set to the present; accepted requests stay refused by their signature.
   */
  sessionEnded({ successful }: SessionOutcome, acsTimeMs: number | null): void {
    const { mark } = this.#accepted;
    if (!successful || mark === null) return;
    const { clock, log } = this.#options;
    const ts = Math.floor((acsTimeMs ?? Math.max(clock.now(), EARLIEST_TIME_MS)) / 1000);
    if (mark.ts <= ts) return;
    log.info(
      { ts: mark.ts, now: ts },
      "The last UDP connection request was dated ahead of the ACS's clock: requests after the present time are accepted again",
    );
    const accepted = { signatures: this.#accepted.signatures, mark: { ...mark, ts } };
    this.#accepted = accepted;
    void this.#remembered.learn((now) => ({ ...now, ...accepted }));
  }

  #changed({ keys, paths }: TreeChange): void {
    if (paths.has(lanAddressPath(this.#options.tree)) || [...keys].some((key) => key.startsWith(SETTINGS_KEYS)))
      this.#follow();
  }

  #follow(): void {
    this.#inTurn(() => this.#takeOver());
  }

  #inTurn(work: () => Promise<void>): void {
    this.#work
      .run(work)
      .catch((error) => this.#options.log.error({}, `UDP connection requests do not work: ${messageOf(error)}`));
  }

  async #takeOver(): Promise<void> {
    const { tree } = this.#options;
    await this.#options.settled();
    if (this.#stopped) return;
    const before = { stun: this.#stun, lanAddress: this.#lanAddress, listener: this.#listener };
    const stun = await readStunSettings(tree);
    this.#stun = stun;
    this.#lanAddress = await readLanAddress(tree);
    await this.#openOrClose(stun);
    const changed = !sameStun(before.stun, stun) || before.lanAddress !== this.#lanAddress;
    if (changed) this.#warnOf(stun);
    if (changed || this.#listener !== before.listener) this.#listener?.useStun(typeof stun === "string" ? null : stun);
    if (stun === "off" || this.#listener === null) await this.#report(this.#ownAddress(), false);
    // The port has another public address now, which is not known yet.
    else if (before.stun === "off") await this.#report("", false);
  }

  async #openOrClose(stun: StunChoice): Promise<void> {
    const { udpConnectionRequests: ports } = this.#options.ports;
    const open = ports !== null && this.#options.settings().enabled && (stun !== "off" || ports.always);
    if (open) this.#listener ??= await ports.listen(this.#endpoint());
    else await this.#close();
  }

  #warnOf(stun: StunChoice): void {
    const { ports, log } = this.#options;
    if (stun === "nowhere") log.warn({}, "STUN is on, but neither STUNServerAddress nor the URL of an ACS is set");
    if (stun !== "off" && ports.udpConnectionRequests === null)
      log.warn({}, "STUN is on, but this phone does not support UDP connection requests");
  }

  #endpoint(): UdpEndpoint {
    return {
      credentials: () => this.#options.settings().connectionRequest,
      accepted: () => this.#accepted,
      requested: (request) => this.#requested(request),
      bound: ({ address, natDetected }: UdpBinding) =>
        this.#inTurn(() => this.#report(addressText(address.host, address.port), natDetected)),
    };
  }

  /** Durable before it has any effect: a copy after a restart must not count (C-246). */
  #requested({ sig, ...mark }: AcceptedRequest): void {
    const { log } = this.#options;
    const accepted = { mark, signatures: [...this.#accepted.signatures, sig].slice(-MAX_SIGNATURES) };
    this.#accepted = accepted;
    this.#remembered
      .update((now) => ({ ...now, ...accepted }))
      .then(() => this.#options.requested())
      .catch((error) => log.error({ reason: messageOf(error) }, "A UDP connection request could not be recorded"));
  }

  async #close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = null;
    await listener?.close();
  }

  /** With STUN off: the port's address in the phone's own network. */
  #ownAddress(): string {
    if (this.#listener === null) return "";
    const { host, port } = this.#listener.local;
    const own = host ?? this.#lanAddress;
    return own === "" ? "" : addressText(own, port);
  }

  async #report(address: string, natDetected: boolean): Promise<void> {
    const { tree } = this.#options;
    const [newAddress, newNat] = [address !== this.address, natDetected !== this.natDetected];
    if (!newAddress && !newNat) return;
    await this.#remembered.learn((now) => ({ ...now, address, natDetected }));
    if (newNat) tree.agentValueChanged(managementServerPath(tree, NAT_DETECTED));
    if (newAddress) tree.agentValueChanged(managementServerPath(tree, UDP_ADDRESS));
  }
}

function sameStun(before: StunChoice | null, now: StunChoice): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

function addressText(host: string, port: number): string {
  return `${hostInUrl(host)}:${port}`;
}

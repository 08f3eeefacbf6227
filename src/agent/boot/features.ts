import type { FileServer } from "../../ports/file-transfer.ts";
import { AutonomousTransfers } from "../autonomous/autonomous-transfers.ts";
import type { AutonomousTransfer } from "../autonomous/transfer-report.ts";
import { type Autop, type AutopOptions, createAutop } from "../autop/autop.ts";
import { ConnectionEndpoint } from "../connection-requests/connection-endpoint.ts";
import { createUdpRequests, type UdpRequests } from "../connection-requests/udp/udp-requests.ts";
import { createXmppFeature, type XmppFeature } from "../connection-requests/xmpp/xmpp.ts";
import type { AcsSettings } from "../core/acs-settings.ts";
import type { Feature } from "../core/feature.ts";
import { createActiveThrottle } from "../informs/active-throttle.ts";
import { NotificationLimits } from "../informs/notification-limits.ts";
import { createPeriodicInform, type PeriodicInform } from "../informs/periodic.ts";
import { createScheduledInforms, type ScheduledInforms } from "../informs/scheduled-informs.ts";
import { createNtpTime, type NtpTime } from "../ntp/ntp-time.ts";
import { createPhoneBooks, type PhoneBooks } from "../phone-books/phone-books.ts";
import { AcsMethods } from "../sessions/acs-methods.ts";
import type { Transfers, TransfersOptions } from "../transfers/parts.ts";
import { createTransfers } from "../transfers/transfers.ts";
import { FeatureCore } from "./feature-core.ts";
import { createScheduledReboot } from "./scheduled-reboot.ts";
import { SettingsFollower } from "./settings-follower.ts";

/** The parts of one phone, apart from its sessions. */
export class Features {
  readonly periodic: PeriodicInform;
  readonly follower: SettingsFollower;
  readonly transfers: Transfers;
  readonly autonomous: AutonomousTransfers;
  readonly xmpp: XmppFeature;
  readonly udp: UdpRequests;
  readonly scheduledInforms: ScheduledInforms;
  readonly autop: Autop;
  readonly phoneBooks: PhoneBooks;
  readonly ntp: NtpTime;
  /** In boot order, which is also the order of open, start, requests and stop. */
  readonly all: readonly Feature[];

  /** @param own the phone's own TR-069 settings, as they are stored */
  constructor(core: FeatureCore, own: AcsSettings) {
    const { config } = core.ports;
    this.autonomous = new AutonomousTransfers(core, config.reportAutonomousTransfers);
    this.transfers = createTransfers(new TransfersCore(core, this.autonomous));
    this.periodic = createPeriodicInform(core, () => void core.raise({ code: "2 PERIODIC", commandKey: "" }));
    this.follower = new SettingsFollower(core, {
      settings: this.transfers.inForce(own),
      endpoint: new ConnectionEndpoint(core),
      features: this,
    });
    const throttle = createActiveThrottle(core);
    const limits = new NotificationLimits(core, throttle);
    core.changes.report(limits);
    this.xmpp = createXmppFeature(core);
    this.udp = createUdpRequests(core);
    this.scheduledInforms = createScheduledInforms(core);
    this.autop = createAutop(new AutopCore(core, this));
    this.phoneBooks = createPhoneBooks(core, config.fetchPhoneBooks);
    this.ntp = createNtpTime(core, core.ports.ntp ?? null);
    this.all = [
      this.follower,
      limits,
      throttle,
      this.transfers,
      this.autonomous,
      this.xmpp,
      this.udp,
      createScheduledReboot(core),
      this.scheduledInforms,
      this.autop,
      this.phoneBooks,
      this.ntp,
      // Its request comes last: after a fault as its answer the session makes no further request (C-078).
      ...(config.askRpcMethods ? [new AcsMethods(core)] : []),
    ];
  }
}

class TransfersCore extends FeatureCore implements TransfersOptions {
  readonly #autonomous: AutonomousTransfers;

  constructor(core: FeatureCore, autonomous: AutonomousTransfers) {
    super(core.ports, core.phone, core);
    this.#autonomous = autonomous;
  }

  get store(): TransfersOptions["store"] {
    return this.phone.transfers;
  }

  recentLog(): string {
    return this.ports.recentLog();
  }

  recorded(): Promise<void> {
    return this.changes.settled();
  }

  completed(transfer: AutonomousTransfer): Promise<void> {
    return this.#autonomous.completed(transfer);
  }
}

class AutopCore extends FeatureCore implements AutopOptions {
  readonly #features: Pick<Features, "autonomous" | "transfers">;

  constructor(core: FeatureCore, features: Pick<Features, "autonomous" | "transfers">) {
    super(core.ports, core.phone, core);
    this.#features = features;
  }

  get store(): AutopOptions["store"] {
    return this.phone.autop.store;
  }

  get fingerprint(): AutopOptions["fingerprint"] {
    return this.phone.autop.fingerprint;
  }

  get restartDue(): boolean {
    return this.phone.autop.restartDue;
  }

  get enabled(): boolean {
    return this.ports.config.autop.enabled;
  }

  get lenient(): boolean {
    return this.ports.config.autop.lenient;
  }

  get identity(): AutopOptions["identity"] {
    return this.ports.config.identity;
  }

  get powerOnSpreadMs(): number {
    return this.ports.config.autop.powerOnSpreadSeconds * 1_000;
  }

  get dhcp(): AutopOptions["dhcp"] {
    return this.ports.config.autop.dhcp;
  }

  get pnp(): AutopOptions["pnp"] {
    return this.ports.pnp ?? null;
  }

  get fetchFirmware(): AutopOptions["fetchFirmware"] {
    if (!this.ports.config.autop.firmware) return null;
    return (server: FileServer) => this.#features.transfers.fetchFirmware(server);
  }

  /** A new ACS URL drops earlier events (C-091): this one is reported to the new ACS. */
  async completed(transfer: AutonomousTransfer): Promise<void> {
    await this.settled();
    await this.#features.autonomous.completed(transfer);
  }
}

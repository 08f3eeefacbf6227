import type { CwmpEvent } from "../../cwmp/events.ts";
import type { OpenTree } from "../../parameters/tree.ts";
import type { Backend } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { FileTransfer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import type { Random } from "../../ports/random.ts";
import type { AcsSettings } from "../core/acs-settings.ts";
import type { PhoneLink } from "../core/feature.ts";
import type { AgentOptions } from "../core/options.ts";
import type { EventQueue } from "../events/event-queue.ts";
import type { ValueChanges } from "../informs/value-changes.ts";
import type { SteadyTime } from "../time/steady-time.ts";
import type { Phone } from "./phone.ts";

/**
 * The dependencies of every feature: the ports, the opened phone and the link to the other parts. Each feature
 * declares the few that it uses; one object per phone serves them all, because a process has thousands of phones.
 */
export class FeatureCore implements PhoneLink {
  readonly ports: AgentOptions;
  readonly phone: Phone;
  readonly #link: PhoneLink;

  constructor(ports: AgentOptions, phone: Phone, link: PhoneLink) {
    this.ports = ports;
    this.phone = phone;
    this.#link = link;
  }

  get clock(): Clock {
    return this.ports.clock;
  }

  get scheduler(): Scheduler {
    return this.ports.scheduler;
  }

  get random(): Random {
    return this.ports.random;
  }

  get log(): Logger {
    return this.ports.log;
  }

  get meter(): Meter {
    return this.ports.meter;
  }

  get backend(): Backend {
    return this.ports.backend;
  }

  get fileTransfer(): FileTransfer {
    return this.ports.fileTransfer;
  }

  get tree(): OpenTree {
    return this.phone.tree;
  }

  get events(): EventQueue {
    return this.phone.events;
  }

  get changes(): ValueChanges {
    return this.phone.changes;
  }

  get time(): SteadyTime {
    return this.phone.time;
  }

  settings(): AcsSettings {
    return this.#link.settings();
  }

  raise(...events: readonly CwmpEvent[]): Promise<void> {
    return this.#link.raise(...events);
  }

  requestSession(): void {
    this.#link.requestSession();
  }

  settled(): Promise<void> {
    return this.#link.settled();
  }

  reloadSettings(): void {
    this.#link.reloadSettings();
  }

  end(...reason: Parameters<PhoneLink["end"]>): void {
    this.#link.end(...reason);
  }

  reboot(): void {
    this.end({ kind: "reboot", commandKey: "" });
  }

  /** A connection request was accepted. */
  requested(): void {
    void this.raise({ code: "6 CONNECTION REQUEST", commandKey: "" });
  }
}

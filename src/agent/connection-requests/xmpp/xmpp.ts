import { messageOf } from "../../../cwmp/errors.ts";
import { SerialQueue } from "../../../durable/serial-queue.ts";
import type { AgentValue } from "../../../model/types.ts";
import type { ParameterTree } from "../../../parameters/tree.ts";
import type { XmppElement, XmppReply } from "../../../ports/xmpp.ts";
import type { Feature, PhoneLink } from "../../core/feature.ts";
import type { AgentOptions } from "../../core/options.ts";
import { createJabberIds, type JabberIds, type JabberIdsCell } from "./jabber-ids.ts";
import { createXmppConnection, type XmppConnection } from "./xmpp-connection.ts";
import { createXmppGate, type XmppGate } from "./xmpp-request.ts";
import {
  CONNECTION_REQUEST_JABBER_ID,
  CONNECTIONS,
  NO_CONNECTIONS,
  readXmppSettings,
  type XmppConnectionSettings,
  type XmppSettings,
} from "./xmpp-settings.ts";

export interface XmppFeatureOptions extends Pick<PhoneLink, "settings"> {
  readonly ports: Pick<
    AgentOptions,
    "config" | "xmpp" | "xmppAttempts" | "clock" | "scheduler" | "random" | "hash" | "log" | "meter"
  >;
  /** Null where the data model does not have XMPP. */
  readonly phone: { readonly jabberIds: JabberIdsCell | null };
  readonly tree: ParameterTree;
  /** Called for an accepted request, after its response was sent. */
  requested(): void;
}

/** The phone's XMPP connections and the requests that come in over them (TR-069 Annex K, conformance section 10). */
export interface XmppFeature extends Feature {
  /** The value of a read-only parameter. */
  value(name: AgentValue, instances: readonly number[]): string;
}

/** Does nothing where the data model does not have XMPP. */
export function createXmppFeature(options: XmppFeatureOptions): XmppFeature {
  const { jabberIds } = options.phone;
  return jabberIds === null ? ABSENT : new RunningXmpp(options, createJabberIds(jabberIds));
}

const ABSENT: XmppFeature = { async start() {}, async stop() {}, value: () => "" };

/** Parameters whose change may affect a connection. */
const CONCERNED = [CONNECTIONS.slice(0, -"Connection.".length), "Device.ManagementServer.ConnReq"];
/** The first refusal is logged at once, later ones once a minute. */
const REFUSAL_INTERVAL_MS = 60_000;

interface Running {
  readonly settings: XmppConnectionSettings;
  readonly connection: XmppConnection;
}

class RunningXmpp implements XmppFeature {
  readonly #options: XmppFeatureOptions;
  readonly #jabberIds: JabberIds;
  readonly #gate: XmppGate;
  readonly #running = new Map<number, Running>();
  #settings: XmppSettings = NO_CONNECTIONS;
  readonly #work = new SerialQueue();
  #stopped = false;
  #refusalWarnedMs = Number.NEGATIVE_INFINITY;

  constructor(options: XmppFeatureOptions, jabberIds: JabberIds) {
    this.#options = options;
    this.#jabberIds = jabberIds;
    const { clock, random, hash, xmppAttempts, config } = options.ports;
    const attempts = xmppAttempts === undefined ? {} : { xmppAttempts };
    const { connectionRequestsPerMinute: requestsPerMinute } = config;
    this.#gate = createXmppGate({ clock, random, hash, ...attempts, requestsPerMinute });
  }

  async open(): Promise<void> {
    this.#settings = await readXmppSettings(this.#options.tree);
  }

  async start(): Promise<void> {
    this.#options.tree.onChange(({ paths }) => {
      if ([...paths].some((path) => CONCERNED.some((start) => path.startsWith(start)))) this.settingsChanged();
    });
    await this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work.settled();
    await Promise.all([...this.#running.values()].map(({ connection }) => connection.stop()));
  }

  settingsChanged(): void {
    this.#then(() => this.#follow());
  }

  value(name: AgentValue, instances: readonly number[]): string {
    const state = this.#running.get(instances[0] ?? 0)?.connection.state;
    switch (name) {
      case "xmppStatus":
        return state?.status ?? "Disabled";
      case "xmppTlsEstablished":
        return String(state?.secured ?? false);
      case "xmppJabberId":
        return this.#jabberIds.get(instances[0] ?? 0);
      case "xmppConnectionRequestJabberId":
        return this.#requestJabberId();
      default:
        return "";
    }
  }

  #requestJabberId(): string {
    const { requestsOn } = this.#settings;
    return requestsOn === null ? "" : this.#jabberIds.get(requestsOn);
  }

  /** Brings the connections in line with the parameters: those with unchanged parameters are left alone. */
  async #follow(): Promise<void> {
    if (this.#stopped) return;
    const { tree } = this.#options;
    const before = this.#requestJabberId();
    this.#settings = await readXmppSettings(tree);
    const on = this.#options.settings().enabled;
    const wanted = new Map(
      this.#settings.connections.map((row) => [row.instance, { ...row, enabled: on && row.enabled }]),
    );
    await this.#jabberIds.keepOnly([...wanted.keys()]);
    for (const [instance, running] of this.#running) {
      if (sameSettings(running.settings, wanted.get(instance))) continue;
      this.#running.delete(instance);
      await running.connection.stop();
    }
    for (const settings of wanted.values()) if (!this.#running.has(settings.instance)) this.#run(settings);
    if (this.#requestJabberId() !== before) tree.agentValueChanged(CONNECTION_REQUEST_JABBER_ID);
  }

  #run(settings: XmppConnectionSettings): void {
    const { instance } = settings;
    const changed = (name: string): void => this.#options.tree.agentValueChanged(`${CONNECTIONS}${instance}.${name}`);
    const { xmpp, scheduler, random, log } = this.#options.ports;
    const connection = createXmppConnection({
      ...{ xmpp, scheduler, random, log },
      settings,
      request: (from, element) => this.#request(instance, from, element),
      online: (jabberId) => this.#then(() => this.#online(instance, jabberId)),
      changed: () => {
        changed("Status");
        changed("TLSEstablished");
      },
    });
    this.#running.set(instance, { settings, connection });
    connection.start();
  }

  async #online(instance: number, jabberId: string): Promise<void> {
    if (this.#jabberIds.get(instance) === jabberId || !this.#running.has(instance)) return;
    await this.#jabberIds.set(instance, jabberId);
    this.#options.tree.agentValueChanged(`${CONNECTIONS}${instance}.JabberID`);
    if (this.#settings.requestsOn === instance) this.#options.tree.agentValueChanged(CONNECTION_REQUEST_JABBER_ID);
  }

  #request(instance: number, from: string, element: XmppElement): XmppReply {
    const { allowedJabberIds, requestsOn } = this.#settings;
    const { meter } = this.#options.ports;
    if (instance !== requestsOn) {
      meter.connectionRequest("xmpp", "not_allowed");
      this.#logRefusal(from, "ConnReqXMPPConnection names another connection");
      return { answer: "service-unavailable" };
    }
    const credentials = this.#options.settings().connectionRequest;
    const { answer, result, refused } = this.#gate(from, element, { allowedJabberIds, credentials });
    meter.connectionRequest("xmpp", result);
    if (refused !== null) {
      this.#logRefusal(from, refused);
      return { answer };
    }
    this.#options.ports.log.info({ from }, "A connection request over XMPP was accepted");
    return { answer, sent: () => this.#options.requested() };
  }

  #logRefusal(from: string, reason: string): void {
    const nowMs = this.#options.ports.clock.monotonic();
    const level = nowMs - this.#refusalWarnedMs >= REFUSAL_INTERVAL_MS ? "warn" : "debug";
    if (level === "warn") this.#refusalWarnedMs = nowMs;
    this.#options.ports.log[level]({ from, reason }, `A connection request over XMPP was refused: ${reason}`);
  }

  #then(run: () => Promise<void>): void {
    this.#work
      .run(run)
      .catch((error) =>
        this.#options.ports.log.error({ reason: messageOf(error) }, "XMPP could not apply a change of its settings"),
      );
  }
}

function sameSettings(one: XmppConnectionSettings, other: XmppConnectionSettings | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

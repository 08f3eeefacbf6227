import { join } from "node:path";
import { type Agent, createAgent } from "../../agent/agent.ts";
import { createSurroundings, type Surroundings } from "../../backends/simulated/surroundings.ts";
import type { PhoneIdentity } from "../../config/identity.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { gateConnectionRequests, gateFileTransfer, gateTransport } from "../../net/network-gate.ts";
import type { AcsTransport, WireObserver } from "../../ports/acs-transport.ts";
import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { ConnectionRequests } from "../../ports/connection-requests.ts";
import type { Logger } from "../../ports/logger.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { hmacHash } from "../../system/hash.ts";
import { createLocalFile } from "../../system/local-file.ts";
import { type OpenBackend, openBackend } from "../open-backend.ts";
import type { ThisHost } from "../this-host.ts";
import type { PhoneKind } from "./phone-kind.ts";
import { PhoneConnectionRequests, PhoneLog, PhoneTransport } from "./phone-ports.ts";
import type { SharedParts } from "./shared-parts.ts";

/** What is one phone's alone. */
export interface OwnParts {
  /**
   * Null: it is the only phone of its process. Else its log lines have it in the field `phone`, as the first record of each of
   * its sessions has.
   */
  readonly name: string | null;
  readonly kind: PhoneKind;
  readonly identity: PhoneIdentity;
  readonly host: Pick<ThisHost, "host" | "lan">;
  /** Nobody else may use it. */
  readonly state: StateStore;
  /** Its downloads are in `transfers` below it; a folder of its own. */
  readonly folder: string;
  /** Settings of the phone that it does not share with its kind, such as its password at the ACS, by the phone's keys. */
  readonly settings?: ReadonlyMap<BackendKey, string>;
  /** Another phone than the one that the settings of its kind describe. */
  readonly backend?: OpenBackend;
  /** Sees its sessions, beside the observer of the process. Must not throw. */
  readonly observe?: WireObserver;
}

/** One phone and its agent, not started yet. */
export interface OpenPhone {
  readonly name: string | null;
  readonly agent: Agent;
  readonly backend: Backend;
  /** The network cable and the mains plug, for who simulates what happens to them. */
  readonly surroundings: Surroundings;
  /** Stops the agent, then lets go of the phone. */
  close(): Promise<void>;
}

/** Throws AgentError CONFIG or BACKEND_IO where the phone is a plug-in that cannot be loaded; nothing stays open then. */
export async function createPhone(shared: SharedParts, own: OwnParts): Promise<OpenPhone> {
  const { kind, identity } = own;
  const { autop } = kind.config;
  const phone = own.name === null ? shared : inName(own.name, shared, own.observe);
  const surroundings = createSurroundings();
  const isConnected = (): boolean => surroundings.isConnected();
  const { clock, scheduler, random, meter, xmpp, xmppAttempts, udpConnectionRequests } = shared;
  const settings = own.settings ?? NO_SETTINGS;
  const open =
    own.backend ??
    (await openBackend(kind, { ...own.host, identity, settings }, { ...shared, ...phone, surroundings }));
  const agent = createAgent({
    ...{ clock, scheduler, random, meter, xmpp, xmppAttempts, udpConnectionRequests },
    config: { ...kind.agent, identity, settings: new Map([...kind.agent.settings, ...settings]) },
    layouts: kind.layouts,
    hash: hmacHash,
    log: phone.log,
    state: own.state,
    backend: open.backend,
    transport: gateTransport(phone.transport, isConnected),
    connectionRequests: gateConnectionRequests(phone.connectionRequests, isConnected),
    fileTransfer: gateFileTransfer(shared.fileServers.into(join(own.folder, "transfers")), isConnected),
    autopFile: autop.file === null ? null : createLocalFile(autop.file),
    recentLog: () => shared.recentLog.text(own.name ?? undefined),
  });
  surroundings.onPowerCut(() => agent.local.reboot());
  surroundings.onCheckSync((reboot) => {
    const done = reboot ? agent.local.reboot() : agent.local.checkAutop();
    done.catch((error: unknown) => phone.log.warn({ reason: messageOf(error) }, "check-sync could not be obeyed"));
  });
  return {
    name: own.name,
    agent,
    backend: open.backend,
    surroundings,
    async close() {
      await agent.stop();
      await open.close();
    },
  };
}

const NO_SETTINGS: ReadonlyMap<BackendKey, string> = new Map();

interface NamedParts {
  readonly log: Logger;
  readonly transport: AcsTransport;
  readonly connectionRequests: ConnectionRequests;
}

function inName(phone: string, shared: SharedParts, observe: WireObserver | undefined): NamedParts {
  const log = new PhoneLog(shared.log, phone);
  return {
    log,
    transport: new PhoneTransport(shared.transport, { phone, log, ...(observe === undefined ? {} : { observe }) }),
    connectionRequests: new PhoneConnectionRequests(shared.connectionRequests, phone),
  };
}

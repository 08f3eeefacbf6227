import { messageOf, PhoneFault } from "../../cwmp/errors.ts";
import { DurableState } from "../../durable/durable-state.ts";
import { openAttributes } from "../../parameters/attributes.ts";
import { type OpenTree, openParameterTree, type TreeOptions } from "../../parameters/tree.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import { AUTONOMOUS_REPORTS_DOCUMENT, type AutonomousReportsCell } from "../autonomous/autonomous-transfers.ts";
import { AUTOP_DOCUMENT, type AutopParts, createFingerprint } from "../autop/autop-state.ts";
import { applyBootFile } from "../autop/boot-file.ts";
import { createToken } from "../connection-requests/connection-endpoint.ts";
import { UDP_REQUESTS_DOCUMENT, type UdpRequestsCell } from "../connection-requests/udp/udp-requests.ts";
import { JABBER_IDS_DOCUMENT, type JabberIdsCell } from "../connection-requests/xmpp/jabber-ids.ts";
import { hasXmpp } from "../connection-requests/xmpp/xmpp-settings.ts";
import { LIFECYCLE_DOCUMENT } from "../core/lifecycle.ts";
import type { AgentOptions } from "../core/options.ts";
import { openEventQueue } from "../events/event-queue.ts";
import { SCHEDULED_INFORMS_DOCUMENT, type ScheduledInformsCell } from "../informs/scheduled-informs.ts";
import { openValueChanges } from "../informs/value-changes.ts";
import { openAcsKnowledge } from "../sessions/acs-knowledge.ts";
import type { SessionPhone } from "../sessions/rpc-context.ts";
import { createVersionChoice } from "../sessions/version-choice.ts";
import { openSteadyTime, type SteadyTime } from "../time/steady-time.ts";
import { openTransferStore, type TransferStore } from "../transfers/transfer-store.ts";
import type { OwnValues } from "./agent-values.ts";
import { changedSettings, hashSettings } from "./local-settings.ts";

/** One phone's durable parts, opened. */
export interface Phone extends SessionPhone {
  readonly state: DurableState;
  readonly tree: OpenTree;
  readonly autop: AutopParts;
  readonly transfers: TransferStore;
  readonly autonomousReports: AutonomousReportsCell;
  readonly scheduledInforms: ScheduledInformsCell;
  readonly udpRequests: UdpRequestsCell;
  /** Null where the data model does not have XMPP. */
  readonly jabberIds: JabberIdsCell | null;
  /** For delays that outlive a restart. */
  readonly time: SteadyTime;
}

/** Call it when nothing of the phone changes any more. */
export async function closePhone({ time, tree, state }: Phone): Promise<void> {
  time.stop();
  await tree.close();
  await state.stop();
}

const SALT_BYTES = 16;

/**
 * Opens all durable state. YAML lines that were changed since the last start are local changes made now, and so is a
 * changed `autop.file`, which is applied before them.
 */
export async function openPhone(options: AgentOptions, values: Pick<OwnValues, "read">): Promise<Phone> {
  const { scheduler, log } = options;
  const state = new DurableState({ store: options.state, scheduler, log });
  try {
    return await openParts(options, state, values);
  } catch (error) {
    await state.stop();
    throw error;
  }
}

async function openParts(options: AgentOptions, state: DurableState, values: Pick<OwnValues, "read">): Promise<Phone> {
  const { backend, layouts, log, random, clock, scheduler, meter } = options;
  const lifecycle = await state.open(LIFECYCLE_DOCUMENT);
  if (lifecycle.current.connectionRequestToken === null) {
    const [connectionRequestToken, settingsSalt] = [createToken(random), hex(random.bytes(SALT_BYTES))];
    await lifecycle.update((now) => ({ ...now, connectionRequestToken, settingsSalt }));
  }
  const attributes = await openAttributes(state);
  const events = await openEventQueue(state);
  const acs = await openAcsKnowledge(state);
  const versions = createVersionChoice(options.config.version, acs, log);
  const tree = await openParameterTree({
    layouts,
    backend,
    state: options.state,
    scheduler,
    log,
    agentValues: values.read,
    timed: timedCommits(clock, meter),
  });
  try {
    const changes = await openValueChanges({ tree, attributes, state, log });
    await applyChangedSettings(options, { tree, lifecycle });
    const autop = await openAutop(options, { state, tree, lifecycle });
    const time = await openSteadyTime({ clock, scheduler, state });
    // Property by property: a spread object would get a hidden class of its own in each of thousands of phones.
    return {
      state,
      tree,
      attributes,
      events,
      changes,
      lifecycle,
      acs,
      versions,
      autop,
      transfers: await openTransferStore(state),
      autonomousReports: await state.open(AUTONOMOUS_REPORTS_DOCUMENT),
      scheduledInforms: await state.open(SCHEDULED_INFORMS_DOCUMENT),
      udpRequests: await state.open(UDP_REQUESTS_DOCUMENT),
      jabberIds: hasXmpp(tree.layout) ? await state.open(JABBER_IDS_DOCUMENT) : null,
      time,
    };
  } catch (error) {
    await tree.close();
    throw error;
  }
}

async function openAutop(
  { autopFile: file = null, log, hash, config }: AgentOptions,
  { state, tree, lifecycle }: Pick<Phone, "state" | "tree" | "lifecycle">,
): Promise<AutopParts> {
  const store = await state.open(AUTOP_DOCUMENT);
  const fingerprint = createFingerprint(hash, lifecycle.current.settingsSalt);
  const lenient = config.autop.lenient;
  const restartDue = await applyBootFile({ file, tree, log, store, fingerprint, lenient });
  return { store, fingerprint, restartDue };
}

async function applyChangedSettings(
  { config, hash, log }: AgentOptions,
  { tree, lifecycle }: Pick<Phone, "tree" | "lifecycle">,
): Promise<void> {
  const { settings: known, settingsSalt } = lifecycle.current;
  const hashes = hashSettings(config.settings, settingsSalt, hash);
  const changed = changedSettings(config.settings, known, hashes);
  if (changed.size > 0) {
    if (!(await isTaken(tree, changed, log))) return;
    if (known !== null) log.info({ keys: [...changed.keys()] }, "Settings changed since the last start");
  }
  const names = Object.keys(hashes);
  if (changed.size > 0 || known === null || names.length !== Object.keys(known).length) {
    await lifecycle.learn((now) => ({ ...now, settings: hashes }));
  }
}

/** A phone that refuses them keeps its settings; the next start tries again. */
async function isTaken(tree: OpenTree, changed: ReadonlyMap<string, string>, log: Logger): Promise<boolean> {
  try {
    await tree.writeKeys(changed);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !(error.cause instanceof PhoneFault)) throw error;
    const fields = { keys: [...changed.keys()], reason: messageOf(error.cause) };
    log.error(fields, "The phone refused settings that changed since the last start");
    return false;
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Time from a checked change until it is durable or has failed. */
function timedCommits(clock: Clock, meter: Meter): NonNullable<TreeOptions["timed"]> {
  return async (by, commit) => {
    const startMs = clock.monotonic();
    let successful = false;
    try {
      const applied = await commit();
      successful = true;
      return applied;
    } finally {
      meter.committed(by, clock.monotonic() - startMs, successful);
    }
  };
}

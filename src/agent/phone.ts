import { messageOf, PhoneFault } from "../cwmp/errors.ts";
import type { DurableState } from "../durable/durable-state.ts";
import { openAttributes, type ParameterAttributesStore } from "../parameters/attributes.ts";
import { type OpenTree, openParameterTree } from "../parameters/tree.ts";
import type { AgentValues } from "../parameters/values.ts";
import type { Logger } from "../ports/logger.ts";
import { type AcsKnowledgeStore, openAcsKnowledge } from "./acs-knowledge.ts";
import { AUTOP_DOCUMENT } from "./autop/autop-state.ts";
import { applyBootFile } from "./autop/boot-file.ts";
import { createFingerprint } from "./autop/fingerprint.ts";
import type { AutopParts } from "./autop/parts.ts";
import { timedCommits } from "./commit-times.ts";
import { createToken } from "./connection-endpoint.ts";
import { type EventQueue, openEventQueue } from "./event-queue.ts";
import { LIFECYCLE_DOCUMENT, type LifecycleCell } from "./lifecycle.ts";
import { changedSettings, hashSettings } from "./local-settings.ts";
import type { AgentOptions } from "./options.ts";
import { openSteadyTime, type SteadyTime } from "./steady-time.ts";
import { openValueChanges, type ValueChanges, type ValueChangesOptions } from "./value-changes.ts";

/** One phone's durable parts, opened. */
export interface Phone {
  readonly state: DurableState;
  readonly tree: OpenTree;
  readonly attributes: ParameterAttributesStore;
  readonly events: EventQueue;
  readonly changes: ValueChanges;
  readonly lifecycle: LifecycleCell;
  readonly acs: AcsKnowledgeStore;
  readonly autop: AutopParts;
  /** For delays that outlive a restart. */
  readonly time: SteadyTime;
}

const SALT_BYTES = 16;

/**
 * Opens everything that outlives a restart. The YAML lines that were changed meanwhile are local changes made now, and so is
 * a changed `autop.file`, which goes before them.
 */
export async function openPhone(
  options: AgentOptions,
  hooks: { readonly state: DurableState; readonly agentValues: AgentValues } & Pick<
    ValueChangesOptions,
    "activeChange" | "told"
  >,
): Promise<Phone> {
  const { backend, layouts, log, random, hash, clock, scheduler, meter, autopFile: file = null } = options;
  const { state, agentValues, activeChange, told } = hooks;
  const lifecycle = await state.open(LIFECYCLE_DOCUMENT);
  if (lifecycle.current.connectionRequestToken === null) {
    const [connectionRequestToken, settingsSalt] = [createToken(random), hex(random.bytes(SALT_BYTES))];
    await lifecycle.update((now) => ({ ...now, connectionRequestToken, settingsSalt }));
  }
  const attributes = await openAttributes(state);
  const events = await openEventQueue(state);
  const acs = await openAcsKnowledge(state);
  const tree = await openParameterTree({
    layouts,
    backend,
    state: options.state,
    scheduler,
    log,
    agentValues,
    timed: timedCommits(clock, meter),
  });
  try {
    const changes = await openValueChanges({ tree, attributes, state, log, activeChange, told });
    await applyChangedSettings(options, { tree, lifecycle });
    const store = await state.open(AUTOP_DOCUMENT);
    const lenient = options.config.autop?.lenient ?? false;
    const fingerprint = createFingerprint(hash, lifecycle.current.settingsSalt);
    const restartDue = await applyBootFile({ file, tree, log, store, fingerprint, lenient });
    const autop = { store, fingerprint, restartDue };
    const time = await openSteadyTime({ clock, scheduler, state });
    return { state, tree, attributes, events, changes, lifecycle, acs, autop, time };
  } catch (error) {
    await tree.close();
    throw error;
  }
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
    if (known !== null) log.info({ keys: [...changed.keys()] }, "Settings that have changed since the last start");
  }
  const names = Object.keys(hashes);
  if (changed.size > 0 || known === null || names.length !== Object.keys(known).length) {
    await lifecycle.learn((now) => ({ ...now, settings: hashes }));
  }
}

/** A phone that does not take them is managed with those that it has; the next start tries again. */
async function isTaken(tree: OpenTree, changed: ReadonlyMap<string, string>, log: Logger): Promise<boolean> {
  try {
    await tree.writeKeys(changed);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !(error.cause instanceof PhoneFault)) throw error;
    const fields = { keys: [...changed.keys()], reason: messageOf(error.cause) };
    log.error(fields, "The phone does not take settings that have changed since the last start");
    return false;
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

import { messageOf } from "../cwmp/errors.ts";
import type { Applied, Backend, BackendKey, StagedChange } from "../ports/backend.ts";
import type { Logger } from "../ports/logger.ts";
import { type Intent, intentOf, leavesText, outcomeOf, storedIntent, textsToPutBack, withIntent } from "./intent.ts";
import type { KeptState } from "./kept-state.ts";
import { bringToPhone, commitFault, stageAtPhone } from "./phone-calls.ts";
import type { Plan } from "./plan.ts";

export interface TransactionParts {
  readonly backend: Backend;
  readonly kept: KeptState;
  readonly log: Logger;
}

export interface Made {
  readonly applied: Applied;
  /** The keys of the phone whose texts were changed. */
  readonly keys: ReadonlySet<BackendKey>;
}

type Texts = ReadonlyMap<BackendKey, string>;

/**
 * Makes a checked change, durably: all of it, or CwmpFault and nothing, now and after a restart (docs/decisions/0003). The
 * phone's own write is the point of no return.
 */
export async function makeChange(plan: Plan, parts: TransactionParts): Promise<Made> {
  const { backend, kept } = parts;
  const current: Texts = plan.keys.size === 0 ? new Map() : await backend.read([...plan.keys.keys()]);
  const changes = new Map([...plan.keys].filter(([key, text]) => current.get(key) !== text));
  const keys = new Set(changes.keys());
  if (changes.size === 0) {
    if (plan.state !== kept.current) await saved(plan, parts);
    return { applied: "applied", keys };
  }
  const staged = await stageAtPhone(changes, plan, parts);
  if (![...keys].some(leavesText)) return { applied: await actOnly(staged, plan, parts), keys };
  const intent = intentOf(changes, current, kept.current);
  const applied = await applyIntended(staged, intent, plan, parts);
  await kept.keep(plan.state);
  return { applied, keys };
}

/**
 * Determines whether a change that was in progress at the last stop was made, and records that. Throws AgentError
 * BACKEND_IO.
 */
export async function settleAtStart(parts: TransactionParts): Promise<void> {
  const { backend, kept, log } = parts;
  const intent = storedIntent(kept.current);
  if (intent === null) return finishOfEarlierVersion(parts);
  const outcome = outcomeOf(intent, await backend.read([...intent.to.keys()]));
  const keys = [...intent.to.keys()];
  if (outcome === "made" || (outcome === "partly" && backend.atomic === true)) {
    log.warn({ keys }, "An interrupted change has reached the phone: it is kept");
    return kept.keep({ ...kept.current, intent: null, undo: null });
  }
  log.warn({ keys }, "An interrupted change has not reached the phone completely: it is rolled back");
  return takeBack(intent, parts, true);
}

async function saved(plan: Plan, { kept }: TransactionParts): Promise<void> {
  const before = kept.current;
  try {
    await kept.save(plan.state);
  } catch (error) {
    await kept.keep(before);
    throw commitFault(error, plan);
  }
}

/** The phone cannot show later whether it was done: the agent's own record is the point of no return. */
async function actOnly(staged: StagedChange, plan: Plan, parts: TransactionParts): Promise<Applied> {
  try {
    const applied = await staged.apply();
    if (plan.state !== parts.kept.current) await saved(plan, parts);
    return applied;
  } catch (error) {
    throw commitFault(error, plan);
  }
}

async function applyIntended(
  staged: StagedChange,
  intent: Intent,
  plan: Plan,
  parts: TransactionParts,
): Promise<Applied> {
  const { kept, backend, log } = parts;
  try {
    await kept.save(withIntent(plan.state, intent));
  } catch (error) {
    await kept.keep(intent.undo.state);
    throw commitFault(error, plan);
  }
  try {
    return await staged.apply();
  } catch (error) {
    if (await isAtPhone(intent, backend)) {
      log.warn(
        { reason: messageOf(error) },
        "The phone reports an error for a change that it has made: the change is kept",
      );
      return "applied";
    }
    await takeBack(intent, parts, false);
    throw commitFault(error, plan);
  }
}

/** After the point of no return an error must not be reported as if nothing had happened. */
async function isAtPhone({ to }: Intent, backend: Backend): Promise<boolean> {
  const keys = [...to.keys()].filter(leavesText);
  const now = await backend.read(keys).catch((): Texts => new Map());
  return keys.every((key) => now.get(key) === to.get(key));
}

/** Until that is durable, the intent on disk makes the next start do the same. */
async function takeBack(intent: Intent, { backend, kept, log }: TransactionParts, isDoubtful: boolean): Promise<void> {
  await kept.keep(intent.undo.state, async () => {
    if (backend.atomic === true) return;
    const texts = textsToPutBack(intent, await backend.read([...intent.to.keys()]), isDoubtful);
    if (texts.size === 0) return;
    log.warn({ keys: [...texts.keys()] }, "The old values of a change that failed are restored");
    await bringToPhone(texts, { backend, log });
  });
}

async function finishOfEarlierVersion(parts: TransactionParts): Promise<void> {
  const { intent } = parts.kept.current;
  if (intent === null) return;
  parts.log.warn({ keys: Object.keys(intent) }, "Completing an interrupted change");
  await bringToPhone(new Map(Object.entries(intent)), parts);
  await parts.kept.keep({ ...parts.kept.current, intent: null });
}

import { CwmpFault, messageOf, type ParameterFault, PhoneFault } from "../cwmp/errors.ts";
import { CPE_FAULTS, type FaultCode } from "../cwmp/faults.ts";
import type { Backend, BackendKey, StagedChange } from "../ports/backend.ts";
import type { Logger } from "../ports/logger.ts";
import type { ParameterRef } from "./layout.ts";
import type { Plan } from "./plan.ts";

interface PhoneParts {
  readonly backend: Backend;
  readonly log: Logger;
}

/** Updates the live values among these. Throws CwmpFault 9002. */
export async function refreshLive(refs: readonly ParameterRef[], { backend, log }: PhoneParts): Promise<void> {
  const keys = new Set(refs.flatMap(({ liveKey }) => liveKey ?? []));
  if (backend.refresh === undefined || keys.size === 0) return;
  try {
    await backend.refresh([...keys]);
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "The phone does not give its live values");
    throw new CwmpFault(9002, "the phone does not give its live values", { cause: error });
  }
}

/** Throws CwmpFault if the phone cannot make the change: 9002, or the fault of the phone itself. */
export async function stageAtPhone(
  changes: ReadonlyMap<BackendKey, string>,
  plan: Plan,
  { backend, log }: PhoneParts,
): Promise<StagedChange> {
  try {
    return await backend.stage(changes);
  } catch (error) {
    log.warn({ reason: messageOf(error) }, "The phone refuses a change of its settings");
    throw error instanceof PhoneFault
      ? commitFault(error, plan)
      : new CwmpFault(9002, messageOf(error), { cause: error });
  }
}

/** Writes texts to the phone without a current request. Throws AgentError BACKEND_IO; a refusal is logged and final. */
export async function bringToPhone(
  texts: ReadonlyMap<BackendKey, string>,
  { backend, log }: PhoneParts,
): Promise<void> {
  try {
    await (await backend.stage(texts)).apply();
  } catch (error) {
    if (!(error instanceof PhoneFault)) throw error;
    // The ACS got no answer and will repeat its request; a phone that never starts could not even report.
    const fields = { keys: [...texts.keys()], reason: messageOf(error) };
    log.error(fields, "The phone refuses to complete or undo an interrupted change: it stays as it is");
  }
}

/** Faults of one parameter: in the answer they stand inside a 9003 (TR-069 A.3.2.1). */
const OF_A_PARAMETER: readonly FaultCode[] = [9005, 9006, 9007, 9008];

/** The fault for the ACS if the phone did not make a change that the data model allows. */
export function commitFault(error: unknown, plan: Plan): CwmpFault {
  if (!(error instanceof PhoneFault) || error.code !== "BACKEND_REFUSED") {
    return new CwmpFault(9002, "the phone could not store the change", { cause: error });
  }
  if (!OF_A_PARAMETER.includes(error.faultCode)) {
    return new CwmpFault(error.faultCode, error.told ?? "the phone refuses the change", { cause: error });
  }
  const parameterFaults = faultsOf(error, plan);
  // Parameters that the ACS did not name, as in AddObject, are not its mistake.
  if (parameterFaults.length === 0)
    return new CwmpFault(9002, error.told ?? "the phone refuses the change", { cause: error });
  return new CwmpFault(9003, undefined, { parameterFaults, cause: error });
}

function faultsOf({ keys, faultCode, told }: PhoneFault, plan: Plan): readonly ParameterFault[] {
  const atFault = keys.length > 0 ? keys : [...plan.keys.keys()];
  const names = new Set(atFault.flatMap((key) => plan.names?.get(key) ?? []));
  const faultString = `${CPE_FAULTS[faultCode].text}: ${told ?? "the phone refuses it"}`;
  return [...names].map((parameterName) => ({ parameterName, faultCode, faultString }));
}

import type { InformEvent } from "../soap/rpc-table.ts";
import type { CallSource, QueuedCall, RpcOutcome } from "./calls.ts";
import type { Device } from "./devices.ts";
import { type AcsScript, fillVariables, matchesPattern, type ScriptEntry, type ScriptStep } from "./script.ts";

/** Called for a step whose outcome differs from the script. */
export type DeviationListener = (entry: string, message: string) => void;

/** The calls that the script has for one session, in its order. */
export function playScript(
  script: AcsScript,
  device: Device,
  events: readonly InformEvent[],
  onDeviation: DeviationListener,
): CallSource {
  const parts = script.entries.flatMap((entry, index) =>
    isFor(entry, index, device, events) ? [playEntry(entry, index, device, onDeviation)] : [],
  );
  return {
    next() {
      for (const part of parts) {
        const call = part.next();
        if (call !== undefined) return call;
      }
      return undefined;
    },
  };
}

function isFor(entry: ScriptEntry, index: number, device: Device, events: readonly InformEvent[]): boolean {
  if (entry.once && device.playedEntries.has(index)) return false;
  if (!matchesPattern(entry.device, device.id)) return false;
  return entry.on.length === 0 || events.some(({ eventCode }) => entry.on.includes(eventCode));
}

function playEntry(entry: ScriptEntry, index: number, device: Device, onDeviation: DeviationListener): CallSource {
  const steps = [...entry.steps];
  const settle = (step: ScriptStep, outcome: RpcOutcome): void => {
    const deviation = deviationOf(step, outcome);
    if (deviation !== null) {
      steps.length = 0;
      onDeviation(entry.name, deviation);
    } else if (steps.length === 0) device.playedEntries.add(index);
  };
  return {
    next(): QueuedCall | undefined {
      const step = steps.shift();
      if (step === undefined) return undefined;
      const call = fillVariables(step.call, { ...device.deviceId });
      return { call, more: false, settle: (outcome) => settle(step, outcome) };
    },
  };
}

function deviationOf({ call, expectFault }: ScriptStep, outcome: RpcOutcome): string | null {
  switch (outcome.kind) {
    case "lost":
      return `${call.name} was not answered: ${outcome.reason}`;
    case "response":
      return expectFault === null ? null : `${call.name} succeeded, fault ${expectFault} was expected`;
    case "fault":
      if (outcome.faultCode === expectFault) return null;
      return `${call.name} was refused with fault ${outcome.faultCode}, ${expectFault ?? "success"} was expected`;
  }
}

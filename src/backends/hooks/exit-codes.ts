import { CPE_FAULTS, type FaultCode } from "../../cwmp/faults.ts";
import type { HookName } from "./hook-names.ts";

/** What the exit code of a hook means (docs/hooks.md). */
export type ExitMeaning =
  | { readonly kind: "done"; readonly needsRestart: boolean }
  /** The hook refused and changed nothing. */
  | { readonly kind: "refused"; readonly faultCode: FaultCode }
  /** The effect of the hook is unknown. */
  | { readonly kind: "failed" };

/** Done, but takes effect only with a restart of the phone. */
const AFTER_RESTART = 100;
/** 2 to 19 mean the faults 9002 to 9019; 1 is the shell's own failure. */
const FAULT_BASE = 9000;
const FIRST_FAULT = 2;
const LAST_FAULT = 19;

interface Row {
  /** Faults that the hook may report; others become 9002. */
  readonly faults: readonly FaultCode[];
  readonly afterRestart: boolean;
}

const TABLE: Readonly<Record<HookName, Row>> = {
  read: { faults: [9002], afterRestart: false },
  apply: { faults: [9002, 9003, 9004, 9005, 9006, 9007, 9008], afterRestart: true },
  watch: { faults: [], afterRestart: false },
  reboot: { faults: [9002], afterRestart: false },
  factoryReset: { faults: [9002], afterRestart: false },
  install: { faults: [9002, 9004, 9010, 9018, 9019], afterRestart: true },
  produce: { faults: [9002, 9004, 9011], afterRestart: false },
};

export function exitMeaning(hook: HookName, code: number): ExitMeaning {
  const { faults, afterRestart } = TABLE[hook];
  if (code === 0) return { kind: "done", needsRestart: false };
  if (code === AFTER_RESTART && afterRestart) return { kind: "done", needsRestart: true };
  if (code < FIRST_FAULT || code > LAST_FAULT) return { kind: "failed" };
  const faultCode = faults.find((fault) => fault === FAULT_BASE + code);
  return faultCode === undefined ? { kind: "failed" } : { kind: "refused", faultCode };
}

/** Such as `(Invalid parameter value)`, for a log line. */
export function exitText(hook: HookName, code: number): string {
  const meaning = exitMeaning(hook, code);
  const known = meaning.kind === "refused" ? ` (${CPE_FAULTS[meaning.faultCode].text})` : "";
  return `ended with exit code ${code}${known}`;
}

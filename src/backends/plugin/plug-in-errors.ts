import { AgentError, CwmpFault, messageOf, PhoneFault } from "../../cwmp/errors.ts";
import { CPE_FAULTS, type FaultCode } from "../../cwmp/faults.ts";

const MAX_REASON = 500;

export const refuse = (reason: string): Error => new AgentError("BACKEND_REFUSED", reason);
export const failed = (reason: string): Error => new AgentError("BACKEND_IO", reason);

export function fault(code: number, reason: string): Error {
  if (!isFaultCode(code)) throw new RangeError(`${code} is not a fault code of a CPE`);
  return new CwmpFault(code, reason);
}

/** What goes from thread to thread of an error: never its stack. */
export interface PlainError {
  readonly kind: "refused" | "failed" | "fault";
  readonly faultCode?: FaultCode;
  readonly reason: string;
}

/** By what it carries, not by its class: a module may have classes of its own that look like ours. */
export function plainError(error: unknown): PlainError {
  const { code, faultCode } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const reason = shortReason(error);
  if (isFaultCode(faultCode)) return { kind: "fault", faultCode, reason: withoutText(reason, faultCode) };
  return { kind: code === "BACKEND_REFUSED" ? "refused" : "failed", reason };
}

/** A program that hides what it cannot say in one line hides nothing: the rest is cut off. */
function shortReason(error: unknown): string {
  const text = messageOf(error)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text || "no reason was given";
}

function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === "number" && Object.hasOwn(CPE_FAULTS, code);
}

/** The fault's text is put before the reason again. */
function withoutText(reason: string, code: FaultCode): string {
  const { text } = CPE_FAULTS[code];
  return reason.startsWith(`${text}: `) ? reason.slice(text.length + 2) : reason;
}

/**
 * What the ACS gets for a change that a plug-in refuses: 9007 unless it says another fault, for the parameters whose key
 * the reason begins with (`Config.Account1.GENERAL.Label: too long`), or else for all of the change.
 */
export function refusal(error: AgentError | CwmpFault, keys: Iterable<string>): PhoneFault {
  const faultCode = error instanceof CwmpFault ? error.faultCode : 9007;
  const message = error instanceof CwmpFault ? withoutText(error.message, faultCode) : error.message;
  const key = [...keys].find((candidate) => message.startsWith(`${candidate}:`));
  const told = key === undefined ? message : message.slice(key.length + 1).trim();
  return new PhoneFault("BACKEND_REFUSED", faultCode, message, {
    keys: key === undefined ? [] : [key],
    told,
    cause: error,
  });
}

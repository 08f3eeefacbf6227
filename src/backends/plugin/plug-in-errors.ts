import { AgentError, CwmpFault, messageOf, PhoneFault } from "../../cwmp/errors.ts";
import { CPE_FAULTS, type FaultCode } from "../../cwmp/faults.ts";

const MAX_REASON = 500;

export const refuse = (reason: string): Error => new AgentError("BACKEND_REFUSED", reason);
export const failed = (reason: string): Error => new AgentError("BACKEND_IO", reason);

export function fault(code: number, reason: string): Error {
  if (!isFaultCode(code)) throw new RangeError(`${code} is not a fault code of a CPE`);
  return new CwmpFault(code, reason);
}

/** The parts of an error that are passed between threads: never its stack. */
export interface PlainError {
  readonly kind: "refused" | "failed" | "fault";
  readonly faultCode?: FaultCode;
  readonly reason: string;
}

/** Recognized by its properties, not by its class: a module may have its own copies of our classes. */
export function plainError(error: unknown): PlainError {
  const { code, faultCode } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const reason = shortReason(error);
  if (isFaultCode(faultCode)) return { kind: "fault", faultCode, reason: withoutText(reason, faultCode) };
  return { kind: code === "BACKEND_REFUSED" ? "refused" : "failed", reason };
}

/** In one line and of limited length, so that no message fills the log. */
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
 * The answer to the ACS for a change that a plug-in refuses: 9007 unless it chooses another fault, for the parameters
 * whose key the reason begins with (`Config.Account1.GENERAL.Label: too long`), otherwise for the whole change.
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

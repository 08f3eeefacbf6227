import { PhoneFault } from "../cwmp/errors.ts";
import type { BackendKey } from "../ports/backend.ts";

/**
 * The error that `stage` throws for one key: the ACS gets this fault for its parameter, inside a 9003 (TR-069 A.3.2.1).
 *
 * @param faultCode 9005: no such key; 9007: invalid value; 9008: not writable
 * @param problem without the value, which may be a secret
 */
export function refusedKey(faultCode: 9005 | 9007 | 9008, key: BackendKey, problem: string): PhoneFault {
  return new PhoneFault("BACKEND_REFUSED", faultCode, `${key}: ${problem}`, { keys: [key], told: problem });
}

/** The error that `stage` throws for a change as a whole: 9004, no space left. */
export function refusedChange(faultCode: 9004, problem: string): PhoneFault {
  return new PhoneFault("BACKEND_REFUSED", faultCode, problem, { told: problem });
}

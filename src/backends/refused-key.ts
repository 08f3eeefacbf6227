import { PhoneFault } from "../cwmp/errors.ts";
import type { BackendKey } from "../ports/backend.ts";

/**
 * What `stage` throws for one key: the ACS gets this fault of its parameter, inside a 9003 (TR-069 A.3.2.1).
 *
 * @param faultCode 9005: there is no such key; 9007: it cannot have the value; 9008: it cannot be written
 * @param problem without the value, which may be a secret
 */
export function refusedKey(faultCode: 9005 | 9007 | 9008, key: BackendKey, problem: string): PhoneFault {
  return new PhoneFault("BACKEND_REFUSED", faultCode, `${key}: ${problem}`, { keys: [key], told: problem });
}

/** What `stage` throws for a change as a whole: 9004, there is no room for it. */
export function refusedChange(faultCode: 9004, problem: string): PhoneFault {
  return new PhoneFault("BACKEND_REFUSED", faultCode, problem, { told: problem });
}

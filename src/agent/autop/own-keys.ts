import type { BackendKey } from "../../ports/backend.ts";
import { CPE_URL_KEY, ENABLE_KEY } from "../acs-settings.ts";

/** AutoP settings without a parameter in the data model. */
export const AUTOP_KEYS = {
  username: "Config.Autoprovision.GENERAL.UserName",
  password: "Config.Autoprovision.GENERAL.Pwd",
  retries: "Config.Autoprovision.RETRY_TIMES.Times",
} as const;

/** Settings that the agent itself reads although the data model has no parameter for them, in its spelling. */
export const OWN_KEYS: readonly BackendKey[] = [ENABLE_KEY, CPE_URL_KEY, ...Object.values(AUTOP_KEYS)];

/** The phone finds keys in any case, the agent reads its own in one. */
export function inOwnSpelling(settings: ReadonlyMap<BackendKey, string>): ReadonlyMap<BackendKey, string> {
  const own = (key: BackendKey): BackendKey => OWN_KEYS.find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
  return new Map([...settings].map(([key, text]) => [own(key), text]));
}

/** Why the value of one of them cannot be, as the end of a sentence; null when it can. */
export function ownKeyProblem(key: BackendKey, text: string): string | null {
  if (key === ENABLE_KEY && !["", "0", "1"].includes(text)) return "it must be 0 or 1";
  return null;
}

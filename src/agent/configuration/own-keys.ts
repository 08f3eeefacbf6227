import type { BackendKey } from "../../ports/backend.ts";
import { CPE_URL_KEY, ENABLE_KEY, isCpeUrl } from "../core/acs-settings.ts";

/** AutoP settings without a parameter in the data model. */
export const AUTOP_KEYS = {
  username: "Config.Autoprovision.GENERAL.UserName",
  password: "Config.Autoprovision.GENERAL.Pwd",
  retries: "Config.Autoprovision.RETRY_TIMES.Times",
  /** The days of a `SCHEDULE.DayOfWeek` of 8. */
  someDays: "Config.Autoprovision.SCHEDULE.SomeDayOfWeek",
  /** A sum of 1 (the custom option), 2 (option 43) and 4 (option 66): the options in use. */
  dhcpMask: "Config.Autoprovision.DHCP_OPTION.Enable",
} as const;

/** Settings without a parameter in the data model that the agent reads, in its spelling. */
export const OWN_KEYS: readonly BackendKey[] = [ENABLE_KEY, CPE_URL_KEY, ...Object.values(AUTOP_KEYS)];

/** The phone ignores the case of keys; the agent uses one spelling. */
export function inOwnSpelling(settings: ReadonlyMap<BackendKey, string>): ReadonlyMap<BackendKey, string> {
  const own = (key: BackendKey): BackendKey => OWN_KEYS.find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
  return new Map([...settings].map(([key, text]) => [own(key), text]));
}

/** Why the value of one of them is invalid, as the end of a sentence; null if it is valid. */
export function ownKeyProblem(key: BackendKey, text: string): string | null {
  if (key === ENABLE_KEY && !["", "0", "1"].includes(text)) return "it must be 0 or 1";
  if (key === AUTOP_KEYS.someDays && parseDays(text) === null) {
    return "it must be days from 1 (Monday) to 7 (Sunday), such as 1,3,5";
  }
  if (key === AUTOP_KEYS.dhcpMask && !/^[0-7]?$/.test(text)) {
    return "it must be a sum of 1 (custom option), 2 (option 43) and 4 (option 66)";
  }
  if (key === CPE_URL_KEY && !isCpeUrl(text)) return "it must be the word default, an http or https URL, or empty";
  return null;
}

/**
 * `1,3,5`, separated by commas, semicolons or blanks: 1 Monday to 7 Sunday. Null if invalid; an empty text is an empty
 * list.
 */
export function parseDays(text: string): readonly number[] | null {
  const items = text.split(/[,;\s]+/).filter((item) => item !== "");
  return items.every((item) => /^[1-7]$/.test(item)) ? items.map(Number) : null;
}

/** Whether the setting names firmware to be fetched. */
export function isFirmwareUrl(key: BackendKey): boolean {
  return key.toLowerCase() === "config.firmware.url";
}

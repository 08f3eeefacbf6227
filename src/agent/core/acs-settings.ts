import { parseHttpUrl } from "../../cwmp/addresses.ts";
import { parseDateTime } from "../../cwmp/date-time.ts";
import { managementServerPath } from "../../parameters/own-paths.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { RetryPolicy } from "./config.ts";

export const CONNECTION_REQUEST_URL = "ConnectionRequestURL";

/** The phone's own key for `Device.ManagementServer.URL`. */
export const ACS_URL_KEY = "Config.TR069.ManagementServer.URL";

/** Settings of the page Settings > TR069 that have no parameter of their own (Appendix A). */
export const ENABLE_KEY = "Config.TR069.General.Enable";
export const CPE_URL_KEY = "Config.TR069.ManagementServer.ConnectionRequestURL";

/** The ACS of the phone, and its credentials there. */
export const ACS_KEYS = [
  ENABLE_KEY,
  ACS_URL_KEY,
  "Config.TR069.ManagementServer.Username",
  "Config.TR069.ManagementServer.Password",
] as const;

/** The phone's own TR-069 settings, as they are in force now. Holds secrets. */
export interface AcsSettings {
  /** Enable TR069 */
  readonly enabled: boolean;
  /** Empty: there is no ACS yet. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly periodic: PeriodicSettings;
  /**
   * `null`: the phone builds the URL itself; otherwise the URL to advertise unchanged, such as behind a port forward.
   */
  readonly cpeUrl: string | null;
  readonly connectionRequest: { readonly username: string; readonly password: string };
  /** CWMPRetryMinimumWaitInterval and CWMPRetryIntervalMultiplier, where the data model has them. */
  readonly retry: Partial<RetryPolicy>;
  /** DefaultActiveNotificationThrottle; 0 for none, and where the data model does not have it. */
  readonly activeThrottleSeconds: number;
}

export interface PeriodicSettings {
  readonly enabled: boolean;
  readonly intervalSeconds: number;
  /** PeriodicInformTime in milliseconds since 1970; null when unknown. */
  readonly phaseMs: number | null;
}

const NAMES = [
  "URL",
  "Username",
  "Password",
  "PeriodicInformEnable",
  "PeriodicInformInterval",
  "PeriodicInformTime",
  "ConnectionRequestUsername",
  "ConnectionRequestPassword",
  "CWMPRetryMinimumWaitInterval",
  "CWMPRetryIntervalMultiplier",
  "DefaultActiveNotificationThrottle",
] as const;

export async function readAcsSettings(tree: ParameterTree): Promise<AcsSettings> {
  const [values, keys] = await Promise.all([
    tree.readSecrets(NAMES.map((name) => managementServerPath(tree, name))),
    tree.readKeys([ENABLE_KEY, CPE_URL_KEY]),
  ]);
  const value = (name: (typeof NAMES)[number]): string => values.get(managementServerPath(tree, name)) ?? "";
  const cpeUrl = keys.get(CPE_URL_KEY)?.trim() ?? "";
  return {
    enabled: keys.get(ENABLE_KEY)?.trim() === "1",
    url: value("URL"),
    username: value("Username"),
    password: value("Password"),
    periodic: {
      // Without an interval there is no periodic Inform: 0 would mean one every second.
      enabled: value("PeriodicInformEnable") === "true" && value("PeriodicInformInterval") !== "",
      intervalSeconds: Math.max(1, Number(value("PeriodicInformInterval"))),
      phaseMs: parseDateTime(value("PeriodicInformTime")),
    },
    // A URL that cannot be called, such as a typo in a file, counts as not set.
    cpeUrl: parseHttpUrl(cpeUrl) !== null ? cpeUrl : null,
    connectionRequest: {
      username: value("ConnectionRequestUsername"),
      password: value("ConnectionRequestPassword"),
    },
    retry: {
      ...numberAs("minimumWaitSeconds", value("CWMPRetryMinimumWaitInterval")),
      ...numberAs("intervalMultiplier", value("CWMPRetryIntervalMultiplier")),
    },
    activeThrottleSeconds: Number(value("DefaultActiveNotificationThrottle")),
  };
}

/** Whether the phone holds sessions at all: TR-069 is on, and there is an ACS. */
export function hasAcs({ enabled, url }: AcsSettings): boolean {
  return enabled && url !== "";
}

/** `default`, empty or a URL that can be called: what `CPE_URL_KEY` may hold. */
export function isCpeUrl(text: string): boolean {
  return text === "" || text.toLowerCase() === "default" || parseHttpUrl(text) !== null;
}

/** Undefined where the data model does not have the parameter. */
function numberAs<K extends keyof RetryPolicy>(name: K, text: string): Partial<Pick<RetryPolicy, K>> {
  return text === "" ? {} : ({ [name]: Number(text) } as Pick<RetryPolicy, K>);
}

/** The number that a parameter holds; `absent` where the data model does not have the parameter, whose text is then empty. */
export function settingNumber(text: string, absent: number): number {
  return text === "" ? absent : Number(text);
}

import type { BackendKey } from "../../ports/backend.ts";
import { ACS_URL_KEY, type AcsSettings, ENABLE_KEY } from "../core/acs-settings.ts";

/** Warnings for changes that take a phone out of its ACS's reach (docs/autop.md). */
export interface AcsWarning {
  readonly text: string;
  /** For the log; hosts without credentials. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The warnings for a change of these settings, in the agent's spelling, at a phone with those settings. */
export function acsWarnings(
  before: Pick<AcsSettings, "enabled" | "url">,
  settings: ReadonlyMap<BackendKey, string>,
): readonly AcsWarning[] {
  const warnings: AcsWarning[] = [];
  const after = {
    enabled: (settings.get(ENABLE_KEY) ?? "1") === "1",
    url: settings.get(ACS_URL_KEY) ?? before.url,
  };
  if (before.enabled && !after.enabled) {
    warnings.push({ text: "it turns TR-069 off: no ACS can reach the phone until it is turned on again", fields: {} });
  }
  if (before.url !== "" && before.url !== after.url) {
    const [from, to] = [serverOf(before.url), serverOf(after.url)];
    const text =
      after.url === ""
        ? `it removes the ACS (${from}): the phone has no ACS now`
        : `it changes the ACS from ${from} to ${to}`;
    warnings.push({ text, fields: { from, to } });
  }
  return warnings;
}

/** Scheme, host and port: no user name, and no path, which some use as a password. */
function serverOf(url: string): string {
  if (url === "") return "none";
  return URL.canParse(url) ? new URL(url).origin : "an invalid URL";
}

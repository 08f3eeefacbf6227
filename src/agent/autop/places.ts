import { parseHttpUrl } from "../../cwmp/addresses.ts";
import type { DhcpOptions } from "../core/config.ts";
import type { AutopSettings } from "./autop-settings.ts";
import { option43Url } from "./option-43.ts";

/** A server where the phone may look for its files. */
export interface AutopPlace {
  /** Its origin, for display. */
  readonly by: string;
  readonly url: string;
  /** The credentials of the settings' own server; no other server gets them. */
  readonly username: string;
  readonly password: string;
}

/** For the settings' own server the warning comes when it is set. */
export const BY_SETTINGS = "settings";

const CUSTOM = 1;
const OPTION_43 = 2;
const OPTION_66 = 4;

/**
 * The places from the settings, in order; PnP comes before them. A DHCP option counts if `DHCP_OPTION.Enable` has its
 * bit.
 */
export function settledPlaces(settings: AutopSettings, dhcp: DhcpOptions): readonly AutopPlace[] {
  const { dhcpMask, customOption, url, username, password } = settings;
  const offered = (bit: number): boolean => (dhcpMask & bit) !== 0;
  const custom = offered(CUSTOM) && customOption !== "" ? dhcp.custom : "";
  const places: readonly AutopPlace[] = [
    foreignPlace(`DHCP option ${customOption}`, custom),
    foreignPlace("DHCP option 66", offered(OPTION_66) ? serverUrl(dhcp.option66) : ""),
    foreignPlace("DHCP option 43", offered(OPTION_43) ? option43Url(dhcp.option43) : ""),
    { by: BY_SETTINGS, url, username, password },
  ];
  return places.filter((place) => place.url !== "");
}

/** A server that is not from the phone's own settings. */
export function foreignPlace(by: string, url: string): AutopPlace {
  return { by, url, username: "", password: "" };
}

/** Option 66 is the name of a TFTP server (RFC 2132 9.4), unless it is a URL as many use it. */
function serverUrl(text: string): string {
  return text === "" || parseHttpUrl(text) !== null || text.includes("://") ? text : `tftp://${text}/`;
}

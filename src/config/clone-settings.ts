import type { Clone } from "../clone/clone.ts";
import type { TextRule } from "../options/option.ts";
import { ACS_URL, CREDENTIAL, IDENTITY, OUI } from "../options/text-rules.ts";
import type { Config } from "./load-config.ts";

function fits({ max, matches }: TextRule): (text: string) => boolean {
  return (text) =>
    text !== "" && text === text.trim() && text.length <= max && !/\p{Cc}/u.test(text) && (matches?.(text) ?? true);
}

/** Settings of `phone` with the name in `DeviceInfo.` */
const PHONE = [
  ["manufacturer", "Manufacturer", fits(IDENTITY)],
  ["oui", "ManufacturerOUI", fits(OUI)],
  ["productClass", "ProductClass", fits(IDENTITY)],
  ["model", "ModelName", fits(IDENTITY)],
  ["softwareVersion", "SoftwareVersion", fits(IDENTITY)],
  ["hardwareVersion", "HardwareVersion", fits(IDENTITY)],
] as const;

/**
 * The dump supplies the identity values that the settings leave out, except serial number and MAC address: those come
 * from the settings alone, so that no clone is taken for the device that was dumped.
 */
export function cloneConfig(config: Config, clone: Clone): Config {
  const own = (path: string, name: string, isFit: (text: string) => boolean): string | null => {
    const value = clone.value(name);
    return config.stated.has(path) || value === null || !isFit(value) ? null : value;
  };
  const phone = { ...config.phone };
  for (const [key, name, isFit] of PHONE)
    phone[key] = own(`phone.${key}`, `DeviceInfo.${name}`, isFit) ?? phone[key] ?? "";
  const { acs, periodicInform } = config.tr069;
  const server = (name: string): string => `ManagementServer.${name}`;
  const isNumber = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text);
  const interval = own("tr069.periodicInform.interval", server("PeriodicInformInterval"), isNumber);
  const enable = own("tr069.periodicInform.enable", server("PeriodicInformEnable"), (text) => text !== "");
  return {
    ...config,
    phone: { ...phone, oui: phone.oui.toUpperCase() },
    tr069: {
      ...config.tr069,
      acs: {
        ...acs,
        url: own("tr069.acs.url", server("URL"), fits(ACS_URL)) ?? acs.url,
        username: own("tr069.acs.username", server("Username"), fits(CREDENTIAL)) ?? acs.username,
      },
      periodicInform: {
        enable: enable === null ? periodicInform.enable : /^(?:true|1)$/i.test(enable),
        interval: interval === null ? periodicInform.interval : Number(interval),
      },
    },
    // A dump of an Akuvox phone may name servers that are not meant for its clones.
    autop: config.stated.has("autop.enable") ? config.autop : { ...config.autop, enable: false },
    phoneBooks: config.stated.has("phoneBooks.enable") ? config.phoneBooks : { ...config.phoneBooks, enable: false },
  };
}

import { flag, optionalText, section, text, wholeNumber } from "../options/option.ts";
import { formatMac, IDENTITY, MAC, OUI } from "../options/text-rules.ts";

const oui = text(OUI, "0C1105", {
  title: "Manufacturer OUI",
  description: "The manufacturer's number at the IEEE.",
  variable: "OUI",
});
const mac = optionalText(MAC, {
  title: "MAC address",
  description:
    "Default: that of the network interface; for a simulated phone the OUI and three octets made from the host's name.",
  variable: "MAC",
});

/** An ACS knows a phone by OUI, product class and serial number: they must never change. */
export const phone = section(
  "Phone",
  "Identity of the phone. OUI, product class and serial number identify it at the ACS: do not change them later.",
  {
    model: text(IDENTITY, "SP-R53P", { title: "Model", description: "Model name.", variable: "MODEL" }),
    manufacturer: text(IDENTITY, "Akuvox", { title: "Manufacturer", description: "Manufacturer's name." }),
    oui,
    productClass: optionalText(IDENTITY, {
      title: "Product class",
      description: "Default: the model.",
    }),
    serialNumber: optionalText(IDENTITY, {
      title: "Serial number",
      description: "Default: the MAC address in upper case, without colons.",
      variable: "SERIAL_NUMBER",
    }),
    mac,
    softwareVersion: text(IDENTITY, "53.0.6.45", {
      title: "Firmware version",
      description: "Firmware version.",
      variable: "SOFTWARE_VERSION",
    }),
    hardwareVersion: text(IDENTITY, "53.0.0.0.0.0.0.0", {
      title: "Hardware version",
      description: "Hardware version.",
    }),
    accounts: wholeNumber({ min: 1, max: 16 }, 3, {
      title: "Accounts",
      description: "SIP accounts of the phone: its VoiceProfiles.",
      variable: "ACCOUNTS",
    }),
    accountsFixed: flag(false, {
      title: "Accounts are fixed",
      description: "Whether AddObject and DeleteObject are refused on accounts.",
    }),
  },
);

/** One spelling of what may be spelt in several ways. */
export function canonicalPhone<T extends { oui: string; mac: string | null }>(settings: T): T {
  return {
    ...settings,
    oui: settings.oui.toUpperCase(),
    mac: settings.mac === null ? null : formatMac(settings.mac),
  };
}

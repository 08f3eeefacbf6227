import * as z from "zod";
import { checkHooks, hooksShape } from "./hooks-options.ts";
import { checkLinux, linuxShape } from "./linux-options.ts";
import {
  flag,
  mustFit,
  OPTION_META,
  type OptionAbout,
  optionalCommand,
  optionalPath,
  optionalText,
  path,
  section,
  text,
  wholeNumber,
} from "./option.ts";
import { checkPlugIn, plugInShape } from "./plug-in-options.ts";
import { simulatedShape } from "./simulated-options.ts";
import { formatMac, IDENTITY, MAC, OUI } from "./text-rules.ts";

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

/** An ACS knows a phone by OUI, product class and serial number: they must never change in the life of the phone. */
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

const TYPE_ABOUT: OptionAbout = {
  title: "Backend",
  description:
    "config-file: the phone's own settings file on this host. linux: the same, with the network and the clock of this host. hooks: a phone that external commands control. simulated: a phone that exists only in this program. plug-in: a module of your own.",
  variable: "BACKEND",
};

export const BACKEND_TYPES = ["config-file", "linux", "hooks", "simulated", "plug-in"] as const;
export type BackendType = (typeof BACKEND_TYPES)[number];
export const DEFAULT_BACKEND: BackendType = "config-file";

function backendType<T extends BackendType>(type: T) {
  const schema = z.literal(type);
  OPTION_META.add(schema, { ...TYPE_ABOUT, kind: "choice", allowed: `one of ${BACKEND_TYPES.join(", ")}` });
  return schema;
}

const configFileShape = {
  file: path("phone.cfg", {
    title: "Phone's file",
    description:
      "Settings in AutoP form (Config.Account1.GENERAL.UserName = 1001). It is created with the factory values if it is missing.",
    variable: "PHONE_FILE",
  }),
  statusFile: optionalPath({
    title: "Status file",
    description:
      "Live values that this host cannot know, such as line registration, written by the firmware in the same form. Default: none.",
    variable: "STATUS_FILE",
  }),
  interface: optionalText(
    { max: 15, allowed: "the name of a network interface", matches: (name) => name !== "" },
    {
      title: "Network interface",
      description: "The interface whose addresses the phone reports, such as eth0. Default: that of the default route.",
      variable: "INTERFACE",
    },
  ),
  rebootCommand: optionalCommand({
    title: "Reboot command",
    description: "Program and arguments that restart the phone. Default: none, and a reboot restarts only the agent.",
  }),
  installCommand: optionalCommand({
    title: "Install command",
    description:
      "Program and arguments that install a file from the ACS; its type, such as 1 Firmware Upgrade Image, and its path are added as the last arguments. Exit code 0: installed, anything else: the file is not usable. It must not restart the phone. Default: none, and such files are refused.",
  }),
};

const configFile = section("Phone's settings file", "The phone runs on this host.", {
  type: backendType("config-file"),
  ...configFileShape,
});

const linux = section("Linux host", "This host is the phone.", {
  type: backendType("linux"),
  ...configFileShape,
  ...linuxShape,
});

const hooks = section("Phone behind hooks", "External commands control the phone (docs/hooks.md).", {
  type: backendType("hooks"),
  file: configFileShape.file,
  interface: configFileShape.interface,
  ...hooksShape,
});

const simulated = section("Simulated phone", "The phone exists only in this program.", {
  type: backendType("simulated"),
  ...simulatedShape,
});

const plugIn = section("Plug-in", "A module of your own is the phone.", {
  type: backendType("plug-in"),
  ...plugInShape,
});

mustFit(linux, checkLinux);
mustFit(hooks, checkHooks);
mustFit(plugIn, checkPlugIn);

const VARIANTS = [configFile, linux, hooks, simulated, plugIn] as const;
export const backend = z.discriminatedUnion("type", VARIANTS);
OPTION_META.add(backend, {
  title: "Backend",
  description: "Where the phone's settings and live values come from.",
  kind: "section",
  allowed: "a group of settings: keys below it, indented; or the path of a plug-in, such as ./my-phone.mjs",
  // None but the one of the type can read it.
  mismatches: (stated) => VARIANTS.flatMap((variant) => OPTION_META.get(variant)?.mismatches?.(stated) ?? []),
});

/** One spelling of what may be spelt in several ways. */
export function canonicalPhone<T extends { oui: string; mac: string | null }>(settings: T): T {
  return {
    ...settings,
    oui: settings.oui.toUpperCase(),
    mac: settings.mac === null ? null : formatMac(settings.mac),
  };
}

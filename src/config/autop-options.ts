import { flag, optionalPath, optionalText, section, type TextRule, text, wholeNumber } from "../options/option.ts";
import { IPV4 } from "../options/text-rules.ts";

const DHCP_TEXT = { max: 512 };
const DHCP_43: TextRule = {
  max: 512,
  allowed: "a text, or hex: and bytes such as hex:01 04 68 74 74 70",
  matches: (text) => !/^hex:/i.test(text) || /^hex:(?:[0-9a-f]{2}[:\s-]?)*$/i.test(text),
};

const dhcp = section("DHCP", "What a DHCP server hands out, for phones whose host has got it.", {
  custom: optionalText(DHCP_TEXT, {
    title: "Custom option",
    description: "The option that the phone names (CUSTOM_DHCPOption): the URL of the files' folder. Default: none.",
    variable: "DHCP_CUSTOM",
  }),
  option66: optionalText(DHCP_TEXT, {
    title: "Option 66",
    description: "The same in option 66, of phones with 4 in DHCP_OPTION.Enable. Default: none.",
    variable: "DHCP_OPTION_66",
  }),
  option43: optionalText(DHCP_43, {
    title: "Option 43",
    description:
      "The same in option 43, of phones with 2 in DHCP_OPTION.Enable: a URL, or sub-options as hex: and their bytes. Default: none.",
    variable: "DHCP_OPTION_43",
  }),
});

const pnp = section(
  "PnP",
  "SIP plug and play: the local network is asked where the phone's files are (docs/autop.md).",
  {
    enable: flag(false, {
      title: "Enable PnP",
      description:
        "Whether it is asked (SUBSCRIBE to 224.0.1.75), where the phone's own PNP.Enable is on. Whoever answers first provisions the phone.",
      variable: "PNP_ENABLE",
    }),
    address: text(IPV4, "127.0.0.1", {
      title: "PnP address",
      description:
        "The address of this host that is asked from. 127.0.0.1 asks this host alone, 0.0.0.0 the network that multicast is routed to.",
      variable: "PNP_ADDRESS",
    }),
    port: wholeNumber({ min: 1, max: 65_535 }, 5060, {
      title: "PnP port",
      description: "The UDP port that is asked.",
      variable: "PNP_PORT",
    }),
  },
);

/** AutoP options that the phone's own AutoP settings (`Config.Autoprovision.`) do not cover. */
export const autop = section("AutoP", "Auto-provisioning with configuration files.", {
  enable: flag(true, {
    title: "Enable AutoP",
    description:
      "Whether the agent fetches files as the phone's AutoP settings say. Turn it off where the firmware does this.",
    variable: "AUTOP_ENABLE",
  }),
  file: optionalPath({
    title: "AutoP file",
    description:
      "A configuration file (Config.Account1.GENERAL.UserName = 1001) that is applied once, and again when its content has changed. Default: none.",
    variable: "AUTOP_FILE",
  }),
  lenient: flag(false, {
    title: "Apply good lines",
    description:
      "Whether AutoP applies the good lines of a file that has bad ones, and logs the bad ones. Otherwise one bad line makes AutoP refuse the whole file.",
    variable: "AUTOP_LENIENT",
  }),
  firmware: flag(false, {
    title: "Install firmware",
    description:
      "Whether firmware that a file on the AutoP server names (Config.Firmware.Url) is fetched and installed, as with a Download. Off: the setting is kept, but nothing is fetched from there.",
    variable: "AUTOP_FIRMWARE",
  }),
  reportTransfers: flag(false, {
    title: "Report AutoP transfers",
    description:
      "Whether files that AutoP has fetched are reported to the ACS (10 AUTONOMOUS TRANSFER COMPLETE, TR-069 A.3.3.3).",
    variable: "AUTOP_REPORT_TRANSFERS",
  }),
  powerOnSpreadSeconds: wholeNumber({ min: 0, max: 3600 }, 60, {
    title: "Spread at power-on",
    description: "The look at power-on comes at a random time within this. 0: at once.",
    unit: "seconds",
    variable: "AUTOP_POWER_ON_SPREAD",
  }),
  pnp: pnp.prefault({}),
  dhcp: dhcp.prefault({}),
});

import * as z from "zod";
import { optionalCommand, optionalPath, optionalText, path, section } from "../../options/option.ts";

/** Options of every phone whose firmware reads a settings file on this host. */
export const configFileShape = {
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

export const configFileOptions = section("Phone's settings file", "The phone runs on this host.", {
  type: z.literal("config-file"),
  ...configFileShape,
});

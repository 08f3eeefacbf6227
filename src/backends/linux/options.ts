import * as z from "zod";
import {
  choice,
  type Mismatch,
  mustFit,
  optionalCommand,
  optionalPath,
  section,
  wholeNumber,
} from "../../options/option.ts";
import { configFileShape } from "../config-file/options.ts";

const network = section(
  "Network",
  "Whether the phone's LAN settings are applied to this host (docs/linux-backend.md).",
  {
    apply: choice(["none", "systemd-networkd", "ifupdown"], "none", {
      title: "Apply LAN settings",
      description:
        "none: they are not. systemd-networkd, ifupdown: a restart of the phone writes them as a file of that kind. Needs backend.interface.",
    }),
    file: optionalPath({
      title: "Network file",
      description:
        "The file that is written, as a whole. Default: /etc/systemd/network/05-akuvox-cpe.network or /etc/network/interfaces.d/akuvox-cpe.",
    }),
    activateCommand: optionalCommand({
      title: "Network activation command",
      description:
        "Program and arguments that make the host use the file, such as [networkctl, reload]. Default: none, and the reboot command makes the host use it.",
    }),
    confirmWithinSeconds: wholeNumber({ min: 10, max: 86_400 }, 120, {
      title: "Confirmation time",
      description:
        "How long the agent waits for a successful session after a network change. Without one, the file and the settings are rolled back.",
      unit: "seconds",
    }),
  },
);

const time = section("Time", "Whether the phone's time settings are applied to this host (docs/linux-backend.md).", {
  ntpFile: optionalPath({
    title: "Time server file",
    description:
      "A drop-in of systemd-timesyncd that is written with the time servers, such as /etc/systemd/timesyncd.conf.d/akuvox-cpe.conf. Default: none.",
  }),
  activateCommand: optionalCommand({
    title: "Time server activation command",
    description:
      "Program and arguments that make the host use that file, such as [systemctl, try-restart, systemd-timesyncd]. Default: none.",
  }),
  zoneCommand: optionalCommand({
    title: "Time zone command",
    description:
      "Program and arguments that set the time zone; the zone is added as the last argument, as it was written, such as +08:00 or CET-1CEST. Default: none.",
  }),
});

export const linuxOptions = section("Linux host", "This host is the phone.", {
  type: z.literal("linux"),
  ...configFileShape,
  network: network.prefault({}),
  time: time.prefault({}),
});
mustFit(linuxOptions, checkLinux);

/** Requirements for changing this host's network. */
function checkLinux(settings: {
  readonly interface: string | null;
  readonly network: z.output<typeof network>;
  readonly rebootCommand: readonly string[] | null;
}): readonly Mismatch[] {
  const { apply, activateCommand } = settings.network;
  if (apply === "none") return [];
  const mismatches: Mismatch[] = [];
  const needs = (what: string) =>
    mismatches.push({
      at: ["network.apply"],
      code: "INCOMPLETE",
      message: `backend.network.apply also needs ${what}`,
    });
  if (settings.interface === null) needs("backend.interface");
  else if (!/^[A-Za-z0-9_.-]{1,15}$/.test(settings.interface)) {
    const message = "backend.interface must be made of letters, digits, dots, dashes and underscores to be written";
    mismatches.push({ at: ["interface"], code: "WRONG_VALUE", message });
  }
  if (activateCommand === null && settings.rebootCommand === null)
    needs("backend.network.activateCommand or backend.rebootCommand");
  return mismatches;
}

/** The default path for each kind of file. */
export const NETWORK_FILES = {
  "systemd-networkd": "/etc/systemd/network/05-akuvox-cpe.network",
  ifupdown: "/etc/network/interfaces.d/akuvox-cpe",
} as const;

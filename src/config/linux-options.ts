import type * as z from "zod";
import { choice, type Mismatch, optionalCommand, optionalPath, section, wholeNumber } from "./option.ts";

const network = section("Network", "Whether the phone's LAN settings reach this host (docs/linux-backend.md).", {
  apply: choice(["none", "systemd-networkd", "ifupdown"], "none", {
    title: "Apply LAN settings",
    description:
      "none: they do not. systemd-networkd, ifupdown: a restart of the phone writes them as a file of that kind. Needs the network interface by name.",
  }),
  file: optionalPath({
    title: "Network file",
    description:
      "The file that is written, as a whole. Not set: /etc/systemd/network/05-akuvox-cpe.network or /etc/network/interfaces.d/akuvox-cpe.",
  }),
  activateCommand: optionalCommand({
    title: "Network activation command",
    description:
      "Program and arguments that make the host use the file, such as [networkctl, reload]. Not set: the reboot command does.",
  }),
  confirmWithinSeconds: wholeNumber({ min: 10, max: 86_400 }, 120, {
    title: "Confirmation time",
    description:
      "When no session with the ACS has succeeded so long after a change of the network, file and settings become again what they were.",
    unit: "seconds",
  }),
});

const time = section("Time", "Whether the phone's time settings reach this host (docs/linux-backend.md).", {
  ntpFile: optionalPath({
    title: "Time server file",
    description:
      "A drop-in of systemd-timesyncd that is written with the time servers, such as /etc/systemd/timesyncd.conf.d/akuvox-cpe.conf. Not set: none.",
  }),
  activateCommand: optionalCommand({
    title: "Time server activation command",
    description:
      "Program and arguments that make the host use that file, such as [systemctl, try-restart, systemd-timesyncd]. Not set: none.",
  }),
  zoneCommand: optionalCommand({
    title: "Time zone command",
    description:
      "Program and arguments that set the time zone; the zone follows as it was written, such as +08:00 or CET-1CEST. Not set: none.",
  }),
});

/** What a Linux host has beyond a phone that works by its file. */
export const linuxShape = { network: network.prefault({}), time: time.prefault({}) };

/** What the network of this host needs beside it before it may be changed. */
export function checkLinux(settings: {
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

/** Where the file of each kind goes unless the settings say otherwise. */
export const NETWORK_FILES = {
  "systemd-networkd": "/etc/systemd/network/05-akuvox-cpe.network",
  ifupdown: "/etc/network/interfaces.d/akuvox-cpe",
} as const;

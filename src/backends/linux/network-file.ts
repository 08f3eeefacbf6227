import type { LanPlan } from "./lan-settings.ts";

export type NetworkFileKind = "systemd-networkd" | "ifupdown";

/** The first line of every file of ours: marks files that are ours. */
const MARK = "# Written by akuvox-cpe: changes are lost.";

export function isOurs(text: string | null): boolean {
  return text?.startsWith(`${MARK}\n`) === true;
}

/** The complete file. The plan holds only checked addresses; the name is checked when the settings are read. */
export function networkFile(kind: NetworkFileKind, interfaceName: string, plan: LanPlan): string {
  const lines = kind === "ifupdown" ? ifupdown(interfaceName, plan) : networkd(interfaceName, plan);
  return `${[MARK, ...lines].join("\n")}\n`;
}

/** See systemd.network(5). */
function networkd(interfaceName: string, plan: LanPlan): readonly string[] {
  const head = ["[Match]", `Name=${interfaceName}`, "", "[Network]"];
  if (plan.kind === "dhcp") return [...head, "DHCP=ipv4"];
  return [
    ...head,
    `Address=${plan.address}/${plan.prefix}`,
    ...(plan.gateway === null ? [] : [`Gateway=${plan.gateway}`]),
    ...plan.nameServers.map((server) => `DNS=${server}`),
  ];
}

/** See interfaces(5); `dns-nameservers` is for resolvconf. */
function ifupdown(interfaceName: string, plan: LanPlan): readonly string[] {
  if (plan.kind === "dhcp") return [`auto ${interfaceName}`, `iface ${interfaceName} inet dhcp`];
  return [
    `auto ${interfaceName}`,
    `iface ${interfaceName} inet static`,
    `    address ${plan.address}`,
    `    netmask ${plan.mask}`,
    ...(plan.gateway === null ? [] : [`    gateway ${plan.gateway}`]),
    ...(plan.nameServers.length === 0 ? [] : [`    dns-nameservers ${plan.nameServers.join(" ")}`]),
  ];
}

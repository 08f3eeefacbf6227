import { readFile } from "node:fs/promises";
import { endianness, type NetworkInterfaceInfo, networkInterfaces, uptime } from "node:os";
import type { LanAddresses } from "../phone-keys.ts";

/** The computer that the agent runs on. */
export interface Host {
  upTimeSeconds(): number;
  /** Empty where the host has none, or hides it from us. Never throws. */
  lan(): Promise<LanAddresses>;
}

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

export interface HostOptions {
  /** Such as `eth0`. Null: that of the default route, or else the first that leads out of the host. */
  readonly interfaceName: string | null;
}

export function createHost({ interfaceName }: HostOptions): Host {
  return {
    upTimeSeconds: () => Math.floor(uptime()),
    async lan() {
      const routes = await textOf("/proc/net/route");
      // A local resolver that forwards has its own servers listed elsewhere.
      const resolver = (await textOf("/run/systemd/resolve/resolv.conf")) || (await textOf("/etc/resolv.conf"));
      const route = parseDefaultRoute(routes, interfaceName, endianness() === "LE");
      return lanAddresses(networkInterfaces(), interfaceName ?? route?.interfaceName ?? null, {
        gateway: route?.gateway ?? "",
        nameServers: parseNameServers(resolver),
      });
    },
  };
}

export function lanAddresses(
  interfaces: Interfaces,
  wanted: string | null,
  network: { readonly gateway: string; readonly nameServers: readonly string[] },
): LanAddresses {
  const candidates = wanted === null ? Object.values(interfaces).flat() : (interfaces[wanted] ?? []);
  const address = candidates.find((one) => one?.family === "IPv4" && (wanted !== null || !one.internal));
  return {
    ipAddress: address?.address ?? "",
    subnetMask: address?.netmask ?? "",
    defaultGateway: network.gateway,
    primaryDns: network.nameServers[0] ?? "",
    secondaryDns: network.nameServers[1] ?? "",
    macAddress: address?.mac ?? "",
  };
}

/** Out of `/proc/net/route`, where addresses are numbers in the host's byte order, in hexadecimal. */
export function parseDefaultRoute(
  text: string,
  interfaceName: string | null,
  littleEndian: boolean,
): { readonly interfaceName: string; readonly gateway: string } | null {
  for (const line of text.split("\n").slice(1)) {
    const [name = "", destination, gateway = "", , , , , mask] = line.trim().split(/\s+/);
    const isDefault = destination === "00000000" && mask === "00000000" && /^[0-9A-F]{8}$/i.test(gateway);
    if (isDefault && (interfaceName === null || name === interfaceName)) {
      return { interfaceName: name, gateway: dotted(gateway, littleEndian) };
    }
  }
  return null;
}

/** The IPv4 servers of a `resolv.conf`, in order. */
export function parseNameServers(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+(\d+\.\d+\.\d+\.\d+)[ \t]*$/gm)].map(([, address = ""]) => address);
}

function dotted(hexadecimal: string, littleEndian: boolean): string {
  const bytes = [...Buffer.from(hexadecimal, "hex")];
  return (littleEndian ? bytes.reverse() : bytes).join(".");
}

async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

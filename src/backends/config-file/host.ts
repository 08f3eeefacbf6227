import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { endianness, type NetworkInterfaceInfo, networkInterfaces, uptime } from "node:os";
import { join } from "node:path";
import type { LanAddresses } from "../phone-keys.ts";

/** The computer that the agent runs on. */
export interface Host {
  upTimeSeconds(): number;
  /** Empty if the host has none or it cannot be read. Never throws. */
  lan(): Promise<LanAddresses>;
}

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

export interface HostOptions {
  /** Such as `eth0`. Null: that of the default route, or else the first that leads out of the host. */
  readonly interfaceName: string | null;
  /** Where the host's files are; `/` unless given. */
  readonly root?: string;
  /** Of this process unless given. */
  readonly interfaces?: () => Interfaces;
}

/** More than any of these files has on a healthy host. */
const MAX_BYTES = 1_048_576;

export function createHost({ interfaceName, root = "/", interfaces = networkInterfaces }: HostOptions): Host {
  const textOf = (path: string): Promise<string> => readAtMost(join(root, path), MAX_BYTES).catch(() => "");
  return {
    upTimeSeconds: () => upTimeOf(join(root, "proc/uptime")),
    async lan() {
      const route = parseDefaultRoute(await textOf("proc/net/route"), interfaceName, endianness() === "LE");
      const name = interfaceName ?? route?.interfaceName ?? null;
      const found = lanAddresses(interfaces(), name, {
        gateway: route?.gateway ?? "",
        nameServers: await nameServers(textOf),
      });
      // The process does not see an interface without an address, but its hardware address can be read.
      return found.macAddress !== "" || name === null || !isInterfaceName(name)
        ? found
        : { ...found, macAddress: parseMac(await textOf(`sys/class/net/${name}/address`)) };
    },
  };
}

/** Used as a file name, it must not lead to another folder. */
function isInterfaceName(name: string): boolean {
  return /^[^/\s]{1,15}$/.test(name) && name !== "." && name !== "..";
}

/** The upstream servers: a local resolver lists them in another file. */
async function nameServers(textOf: (path: string) => Promise<string>): Promise<readonly string[]> {
  const servers = parseNameServers(await textOf("etc/resolv.conf"));
  if (!servers.every((server) => server.startsWith("127."))) return servers;
  const behind = parseNameServers(await textOf("run/systemd/resolve/resolv.conf"));
  return behind.length > 0 ? behind : servers;
}

/** In a container only this file may have the container's own up time. */
function upTimeOf(path: string): number {
  try {
    const seconds = /^(\d{1,12})(?:\.\d*)?\s/.exec(readFileSync(path, "latin1"))?.[1];
    if (seconds !== undefined) return Number(seconds);
  } catch {
    // As on a host without /proc.
  }
  return Math.floor(uptime());
}

function parseMac(text: string): string {
  const mac = text.trim().toLowerCase();
  return /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(mac) ? mac : "";
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
    // A reject route (`unreachable default`) has no interface.
    if (isDefault && name !== "*" && (interfaceName === null || name === interfaceName)) {
      // A point-to-point link has no gateway address.
      return { interfaceName: name, gateway: gateway === "00000000" ? "" : dotted(gateway, littleEndian) };
    }
  }
  return null;
}

/** The IPv4 servers of a `resolv.conf`, in order. */
export function parseNameServers(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+([\d.]+)(?=\s|$)/gm)]
    .map(([, address = ""]) => address)
    .filter((address) => isIPv4(address));
}

function dotted(hexadecimal: string, littleEndian: boolean): string {
  const bytes = [...Buffer.from(hexadecimal, "hex")];
  return (littleEndian ? bytes.reverse() : bytes).join(".");
}

/** The files read have some hundred bytes. */
const CHUNK_BYTES = 16_384;

/** The beginning of a text file, up to a number of bytes: files of the host can be devices, or endless. */
export async function readAtMost(path: string, bytes: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const chunks: Uint8Array[] = [];
    for (let left = bytes; left > 0; ) {
      const chunk = Buffer.alloc(Math.min(left, CHUNK_BYTES));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    await file.close();
  }
}

import { isIPv4 } from "node:net";
import type { BackendKey } from "../../ports/backend.ts";

/** The settings of the phone's address, as one value: they are stored, applied and rolled back together. */
export const LAN_KEYS = {
  type: "Config.Network.LAN.Type",
  address: "Config.Network.LAN.StaticIP",
  mask: "Config.Network.LAN.SubnetMask",
  gateway: "Config.Network.LAN.DefaultGateway",
  primaryDns: "Config.Network.LAN.PrimaryDNS",
  secondaryDns: "Config.Network.LAN.SecondaryDNS",
} as const;

export type LanSettings = Readonly<Record<keyof typeof LAN_KEYS, string>>;

/** Values of {@link LAN_KEYS}.type. */
export const DHCP = "0";
const STATIC = "2";
const HOST_PREFIX = 32;
const ADDRESS_KEYS: ReadonlySet<BackendKey> = new Set(Object.values(LAN_KEYS).filter((key) => key !== LAN_KEYS.type));

/** The network configuration that the settings require of the host. */
export type LanPlan =
  | { readonly kind: "dhcp" }
  | {
      readonly kind: "static";
      readonly address: string;
      /** 1 to 32. */
      readonly prefix: number;
      readonly mask: string;
      readonly gateway: string | null;
      readonly nameServers: readonly string[];
    };

export function readLanSettings(get: (key: BackendKey) => string | undefined): LanSettings {
  const value = (name: keyof LanSettings): string => get(LAN_KEYS[name]) ?? "";
  return {
    type: value("type"),
    address: value("address"),
    mask: value("mask"),
    gateway: value("gateway"),
    primaryDns: value("primaryDns"),
    secondaryDns: value("secondaryDns"),
  };
}

export function lanSettingsAsKeys(settings: LanSettings): ReadonlyMap<BackendKey, string> {
  return new Map(lanNames().map((name) => [LAN_KEYS[name], settings[name]]));
}

export function sameLanSettings(one: LanSettings, other: LanSettings): boolean {
  return lanNames().every((name) => one[name] === other[name]);
}

/** Settings from a file of ours; null for other content. */
export function parseLanSettings(raw: unknown): LanSettings | null {
  if (typeof raw !== "object" || raw === null) return null;
  const found = raw as Readonly<Record<string, unknown>>;
  const values = new Map(lanNames().map((name) => [LAN_KEYS[name] as string, found[name]]));
  if ([...values.values()].some((value) => typeof value !== "string" || /[\r\n]/.test(value))) return null;
  return readLanSettings((key) => String(values.get(key)));
}

/** The plan, or why it is invalid: hand-edited settings have not been checked. */
export function planLan(settings: LanSettings): LanPlan | string {
  if (settings.type !== STATIC) return { kind: "dhcp" };
  const { address, mask, gateway } = settings;
  if (!isIPv4(address)) return `${LAN_KEYS.address} is not an IPv4 address`;
  const prefix = prefixOf(mask);
  if (prefix === null) return `${LAN_KEYS.mask} is not a subnet mask such as 255.255.255.0`;
  if (!isForOneHost(address, prefix)) return `${LAN_KEYS.address} is not the address of a host`;
  if (gateway === address) return `${LAN_KEYS.gateway} is the phone's own address`;
  if (gateway !== "" && !isIPv4(gateway)) return `${LAN_KEYS.gateway} is not an IPv4 address`;
  if (gateway !== "" && !sameNetwork(address, gateway, prefix)) {
    return `${LAN_KEYS.gateway} is not in the network of ${LAN_KEYS.address}`;
  }
  const nameServers = [settings.primaryDns, settings.secondaryDns].filter((server) => server !== "");
  if (!nameServers.every((server) => isIPv4(server)))
    return `${LAN_KEYS.primaryDns} or the second is not an IPv4 address`;
  return { kind: "static", address, prefix, mask, gateway: gateway === "" ? null : gateway, nameServers };
}

/** Why a value that the agent wants to write is invalid; null if it is valid. */
export function lanRefusal(key: BackendKey, value: string): string | null {
  if (!ADDRESS_KEYS.has(key) || value === "") return null;
  if (!isIPv4(value)) return "must be an IPv4 address or empty";
  if (key === LAN_KEYS.mask) return prefixOf(value) === null ? "must be a subnet mask such as 255.255.255.0" : null;
  const isOwn = key === LAN_KEYS.address || key === LAN_KEYS.gateway;
  const isUsable = isOwn ? isForOneHost(value, HOST_PREFIX) : isUnicast(value);
  return isUsable ? null : "must be the IPv4 address of one host or empty";
}

function lanNames(): (keyof LanSettings)[] {
  return ["type", "address", "mask", "gateway", "primaryDns", "secondaryDns"];
}

/** 24 for 255.255.255.0; null for an invalid mask, or an empty one. */
function prefixOf(mask: string): number | null {
  if (!isIPv4(mask)) return null;
  const bits = numberOf(mask).toString(2).padStart(32, "0");
  return /^1+0*$/.test(bits) ? bits.replaceAll("0", "").length : null;
}

function sameNetwork(one: string, other: string, prefix: number): boolean {
  const size = 2 ** (32 - prefix);
  return Math.floor(numberOf(one) / size) === Math.floor(numberOf(other) / size);
}

/**
 * A host address: not a network, broadcast, multicast or loopback address; a network of one or two addresses has no
 * broadcast (RFC 3021).
 */
function isForOneHost(address: string, prefix: number): boolean {
  if (!isUnicast(address) || address.startsWith("127.")) return false;
  const size = 2 ** (32 - prefix);
  const place = numberOf(address) % size;
  return size <= 2 || (place !== 0 && place !== size - 1);
}

/** This host itself is allowed: a name server may run on it. */
function isUnicast(address: string): boolean {
  const first = Math.floor(numberOf(address) / 2 ** 24);
  return first > 0 && first < 224;
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

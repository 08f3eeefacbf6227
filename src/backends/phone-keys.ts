import type { BackendKey } from "../ports/backend.ts";

/** The live values of a phone, as `Status.` keys. */
export const PHONE_STATUS = {
  upTime: "Status.Phone.General.UpTime",
  softwareVersion: "Status.Phone.General.SoftwareVersion",
  hardwareVersion: "Status.Phone.General.HardwareVersion",
} as const;

export const LAN_STATUS = {
  ipAddress: "Status.Network.LAN.IPAddress",
  subnetMask: "Status.Network.LAN.SubnetMask",
  defaultGateway: "Status.Network.LAN.DefaultGateway",
  primaryDns: "Status.Network.LAN.PrimaryDNS",
  secondaryDns: "Status.Network.LAN.SecondaryDNS",
  macAddress: "Status.Network.LAN.MACAddress",
} as const;

/** Addresses are dotted IPv4, the MAC address is in lower case with colons; empty where the phone has none. */
export type LanAddresses = { readonly [name in keyof typeof LAN_STATUS]: string };

/** Accounts count from 1. */
export function lineStateKey(account: number): BackendKey {
  return `Status.Account${account}.Line.State`;
}

/** Why a line is not up, as text for people. Not every phone has it. */
export function lineReasonKey(account: number): BackendKey {
  return `Status.Account${account}.Line.Reason`;
}

/** The calls of a line, in words for people; empty: none. Not every phone has it. */
export function lineCallsKey(account: number): BackendKey {
  return `Status.Account${account}.Line.Calls`;
}

export function lineResetKey(account: number): BackendKey {
  return `Action.Account${account}.Line.Reset`;
}

/** A setting of an account: `accountKey(2, "GENERAL.Enable")`. */
export function accountKey(account: number, item: string): BackendKey {
  return `Config.Account${account}.${item}`;
}

/** The account that a key belongs to; null for another key. */
export function accountOf(key: BackendKey): number | null {
  const digits = /^(?:Config|Status|Action)\.Account([1-9]\d*)\./.exec(key)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** On unless `0` or empty, as the phone's own pages show it. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0";
}

/** Every live value and action of a phone with so many accounts. */
export function hardwareKeys(accounts: number): ReadonlySet<BackendKey> {
  const numbers = Array.from({ length: accounts }, (_, index) => index + 1);
  return new Set<BackendKey>([
    ...Object.values(PHONE_STATUS),
    ...Object.values(LAN_STATUS),
    ...numbers.map(lineStateKey),
    ...numbers.map(lineResetKey),
  ]);
}

/** The keys of {@link LAN_STATUS} with their values. */
export function lanValues(addresses: LanAddresses): ReadonlyMap<BackendKey, string> {
  return new Map(lanNames().map((name) => [LAN_STATUS[name], addresses[name]]));
}

function lanNames(): (keyof LanAddresses)[] {
  return ["ipAddress", "subnetMask", "defaultGateway", "primaryDns", "secondaryDns", "macAddress"];
}

import { isIP, isIPv4 } from "node:net";
import { parseHttpUrl } from "../cwmp/addresses.ts";
import { FORMATS } from "../model/formats.ts";
import type { TextRule } from "./option.ts";

/** Lengths and forms are those of the data model's parameters, so that a setting that passes here passes there. */

export const CREDENTIAL: TextRule = { max: 256 };
export const SECRET: TextRule = { max: 256, secret: true };
export const IDENTITY: TextRule = {
  max: 64,
  allowed: "text on one line, not empty",
  matches: (text) => text !== "",
};

export const ACS_URL: TextRule = {
  max: 256,
  allowed: "an http:// or https:// URL, or empty",
  matches: (text) => text === "" || isHttpUrl(text),
};

export const CPE_URL: TextRule = {
  max: 256,
  allowed: "the word default, or an http:// or https:// URL",
  matches: (text) => text === "default" || isHttpUrl(text),
};

/** Six hexadecimal digits (TR-069 A.3.3.1, DeviceIdStruct). */
export const OUI: TextRule = {
  max: 6,
  allowed: "six hexadecimal digits such as 0C1105",
  matches: (text) => /^[0-9A-Fa-f]{6}$/.test(text),
};

/** A unicast address: the lowest bit of the first octet marks a group of devices. */
export const MAC: TextRule = {
  max: 17,
  allowed: "the MAC address of one device such as 0c:11:05:0a:b1:c2",
  matches: (text) => /^[0-9a-f][02468ace]([:-]?[0-9a-f]{2}){5}$/i.test(text) && !/^[0:-]+$/.test(text),
};

export const IP: TextRule = {
  max: 45,
  allowed: "an IPv4 or IPv6 address of this machine",
  matches: (text) => isIP(text) !== 0,
};

export const IPV4: TextRule = {
  max: 15,
  allowed: "an IPv4 address",
  matches: isIPv4,
};

/** `0c:11:05:0a:b1:c2`, whatever the separators were. */
export function formatMac(text: string): string {
  const digits = text.replace(/[:-]/g, "").toLowerCase();
  return (digits.match(/../g) ?? []).join(":");
}

/** As the data model's `httpUrl`, and with a port and an address that exist. */
function isHttpUrl(text: string): boolean {
  return text !== "" && FORMATS.httpUrl?.pattern.test(text) === true && parseHttpUrl(text) !== null;
}

import { BlockList, isIP } from "node:net";
import type { Finding } from "../cwmp/findings.ts";
import type { SettingsTree } from "./settings-tree.ts";

/** The web page where it is served: nobody gets in without a log-in, and no log-in travels in the clear. */
export function checkFaces(tree: SettingsTree): Finding[] {
  if (tree.get(["web", "enable"]) !== true) return [];
  return [...checkLogin(tree), ...checkReach(tree), ...checkCertificate(tree)];
}

function checkLogin(tree: SettingsTree): Finding[] {
  const missing = ["username", "password"].filter((key) => isEmpty(tree.get(["web", key])));
  const findings = missing.map((key) => {
    const message = `the web page needs web.${key}: there is no default`;
    const place = tree.get(["web", key]) === undefined ? "enable" : key;
    return tree.finding(["web", place], "INCOMPLETE", message, "key");
  });
  const username = tree.get(["web", "username"]);
  if (typeof username === "string" && username.includes(":")) {
    const message = "web.username must not hold a colon: a browser cannot send it (RFC 7617)";
    findings.push(tree.finding(["web", "username"], "WRONG_VALUE", message));
  }
  return findings;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === "";
}

function checkReach(tree: SettingsTree): Finding[] {
  const address = tree.get(["web", "address"]);
  const secured = tree.get(["web", "certificate"]) !== undefined || tree.get(["web", "selfSigned"]) === true;
  if (secured || typeof address !== "string" || isIP(address) === 0 || isLoopback(address)) return [];
  const message =
    "beyond this machine (127.0.0.1) the web page needs web.certificate and web.key, or web.selfSigned: the log-in would travel in the clear";
  return [tree.finding(["web", "address"], "INCOMPLETE", message)];
}

function checkCertificate(tree: SettingsTree): Finding[] {
  if (tree.get(["web", "selfSigned"]) !== true || tree.get(["web", "certificate"]) === undefined) return [];
  const message = "web.selfSigned makes a certificate, and web.certificate names one: leave one of them out";
  return [tree.finding(["web", "selfSigned"], "CONFLICT", message, "key")];
}

function isLoopback(address: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8);
  loopback.addAddress("::1", "ipv6");
  return loopback.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

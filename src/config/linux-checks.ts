import type { Finding } from "../cwmp/findings.ts";
import type { SettingsTree } from "./settings-tree.ts";

const APPLY = ["backend", "network", "apply"];
const INTERFACE = ["backend", "interface"];

/** What the network of a Linux host needs beside it before it may be changed. */
export function checkLinux(tree: SettingsTree): Finding[] {
  const apply = tree.get(APPLY);
  if (tree.get(["backend", "type"]) !== "linux" || apply === undefined || apply === "none") return [];
  const findings: Finding[] = [];
  const name = tree.get(INTERFACE);
  if (name === undefined) {
    findings.push(tree.finding(APPLY, "INCOMPLETE", "backend.network.apply needs backend.interface beside it"));
  } else if (typeof name === "string" && !/^[A-Za-z0-9_.-]{1,15}$/.test(name)) {
    const message = "backend.interface must be made of letters, digits, dots, dashes and underscores to be written";
    findings.push(tree.finding(INTERFACE, "WRONG_VALUE", message));
  }
  const activates = [
    ["backend", "network", "activateCommand"],
    ["backend", "rebootCommand"],
  ].some((path) => tree.get(path) !== undefined);
  if (!activates) {
    const message = "backend.network.apply needs backend.network.activateCommand or backend.rebootCommand beside it";
    findings.push(tree.finding(APPLY, "INCOMPLETE", message));
  }
  return findings;
}

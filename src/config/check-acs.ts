import type { Finding } from "../cwmp/findings.ts";
import type { SettingsTree } from "./settings-tree.ts";

const ENABLE = ["tr069", "enable"];

/** TR-069 on without an ACS: the phone's own file may name one, and an AutoP file may come. */
export function checkAcs(tree: SettingsTree): Finding[] {
  const url = tree.get(["tr069", "acs", "url"]);
  if (tree.get(ENABLE) !== true || (url !== undefined && url !== "")) return [];
  const message =
    "TR-069 is on, but tr069.acs.url names no ACS: unless the phone's own file or an AutoP file does, no session is opened";
  return [{ ...tree.finding(ENABLE, "NO_ACS", message, "key"), warning: true }];
}

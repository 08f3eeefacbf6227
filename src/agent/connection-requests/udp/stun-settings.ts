import { managementServerPath } from "../../../parameters/own-paths.ts";
import type { ParameterTree } from "../../../parameters/tree.ts";
import type { StunSettings } from "../../../ports/udp-connection-requests.ts";
import { settingNumber } from "../../core/acs-settings.ts";

const NAMES = [
  "URL",
  "STUNEnable",
  "STUNServerAddress",
  "STUNServerPort",
  "STUNUsername",
  "STUNPassword",
  "STUNMaximumKeepAlivePeriod",
  "STUNMinimumKeepAlivePeriod",
] as const;
const STUN_PORT = 3478;
const NO_MAXIMUM = -1;

/** `off`; `nowhere`: on, but neither a STUN server nor an ACS is set. */
export type StunChoice = StunSettings | "off" | "nowhere";

/** STUN as the ManagementServer object has it now (C-230, C-239). */
export async function readStunSettings(tree: ParameterTree): Promise<StunChoice> {
  const values = await tree.readSecrets(NAMES.map((name) => managementServerPath(tree, name)));
  const value = (name: (typeof NAMES)[number]): string => values.get(managementServerPath(tree, name)) ?? "";
  if (value("STUNEnable") !== "true") return "off";
  const host = value("STUNServerAddress") || hostOf(value("URL"));
  if (host === "") return "nowhere";
  const maximum = settingNumber(value("STUNMaximumKeepAlivePeriod"), NO_MAXIMUM);
  return {
    server: { host: withoutBrackets(host), port: Number(value("STUNServerPort")) || STUN_PORT },
    username: value("STUNUsername"),
    password: value("STUNPassword"),
    minimumSeconds: Number(value("STUNMinimumKeepAlivePeriod")),
    maximumSeconds: maximum === NO_MAXIMUM ? null : maximum,
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

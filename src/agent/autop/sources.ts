import { parseHttpUrl } from "../../cwmp/addresses.ts";
import type { FileServer } from "../../ports/file-transfer.ts";
import { fileServerOf } from "../files/file-server.ts";

/** One of the files that a phone looks for. */
export interface AutopSource {
  /** `common`: for every phone of a model; `device`: for this one, and a file that the URL names itself. */
  readonly kind: "common" | "device";
  readonly name: string;
  readonly server: FileServer;
}

export interface SourceFacts {
  /** Config.Autoprovision.GENERAL.Url; its user name and password apply if the settings have none. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Such as `SP-R53P`: its first number is the model's. */
  readonly modelName: string;
  /** In any common form; empty if unknown. */
  readonly macAddress: string;
}

/** The files behind the AutoP server's URL, in ascending order of precedence; or why there are none, as a sentence. */
export function autopSources(facts: SourceFacts): readonly AutopSource[] | string {
  if (facts.url === "") return "no AutoP server is set";
  const url = parseHttpUrl(facts.url);
  if (url === null) {
    const scheme = /^(t?ftp):/i.exec(facts.url)?.[1];
    return scheme === undefined
      ? "the URL of the AutoP server cannot be read"
      : `the URL of the AutoP server begins with ${scheme}: this phone supports http and https only`;
  }
  const source = (kind: AutopSource["kind"], path: string): AutopSource => ({
    kind,
    name: path.slice(path.lastIndexOf("/") + 1),
    server: serverOf(url, path, facts),
  });
  if (/\.cfg$/i.test(url.pathname)) return [source("device", url.pathname)];
  const folder = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
  const [common, device] = [commonName(facts.modelName), deviceName(facts.macAddress)];
  return [
    ...(common === null ? [] : [source("common", folder + common)]),
    ...(device === null ? [] : [source("device", folder + device)]),
  ];
}

function serverOf(base: URL, path: string, { username, password }: SourceFacts): FileServer {
  const own = fileServerOf(base, path);
  return username === "" && password === "" ? own : { ...own, username, password };
}

/** `r` and twelve digits, the last of which are the model's number. */
function commonName(modelName: string): string | null {
  const digits = /\d+/.exec(modelName)?.[0].slice(0, 12);
  return digits === undefined ? null : `r${digits.padStart(12, "0")}.cfg`;
}

function deviceName(macAddress: string): string | null {
  const digits = macAddress.replace(/[:.-]/g, "").toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? `${digits}.cfg` : null;
}

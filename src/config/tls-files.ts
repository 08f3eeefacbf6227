import { AgentError } from "../cwmp/errors.ts";
import type { Config } from "./load-config.ts";
import { readSmallFile } from "./readable-files.ts";

/** The texts of the settings' TLS files, in the form that the transport takes. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly minVersion: Config["tls"]["minVersion"];
}

/** @throws AgentError CONFIG when a file has become unreadable since the settings were checked. */
export function readTlsFiles(tls: Config["tls"]): TlsMaterial {
  return {
    ...(tls.ca === null ? {} : { ca: pem("tls.ca", tls.ca) }),
    ...(tls.certificate === null ? {} : { cert: pem("tls.certificate", tls.certificate) }),
    ...(tls.key === null ? {} : { key: pem("tls.key", tls.key) }),
    minVersion: tls.minVersion,
  };
}

function pem(option: string, path: string): string {
  const read = readSmallFile(path);
  if ("text" in read) return read.text;
  throw new AgentError("CONFIG", `${option} cannot be used: ${read.problem}: ${path}`);
}

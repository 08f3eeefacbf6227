import { readFile } from "node:fs/promises";
import { AgentError } from "../cwmp/errors.ts";
import { describeIoError, mayPass } from "../system/io-errors.ts";
import type { OpenLocalInterface } from "./local-interfaces.ts";
import { fingerprintOf, ownWebCertificate } from "./web-certificate.ts";

/** The phone's own pages. */
export const openWebInterface: OpenLocalInterface = async (parts) => {
  const { config, agent, log } = parts;
  const { enable, address, port, username, password, certificate, key, selfSigned } = config.web;
  if (!enable) return null;
  const { createApi } = await import("../control/api.ts");
  const { startWebServer } = await import("../web/web-server.ts");
  const { sessions, sipLog = null, model, version, clock, scheduler, random } = parts;
  const stated =
    certificate === null || key === null ? null : { certificate: await pem(certificate), key: await pem(key) };
  const tls = stated ?? (selfSigned ? await ownWebCertificate(parts) : null);
  const server = await startWebServer({
    ...{ sessions, sipLog, model, version, clock, scheduler, random, log },
    local: agent.local,
    history: agent.history,
    login: { username, password },
    tls,
    api: createApi({ agent, sessions, sipLog, scheduler, version, log, passwords: false }),
    address,
    port,
  });
  const fingerprint = tls === null ? {} : { fingerprint: fingerprintOf(tls.certificate) };
  log.info({ url: server.url, ...fingerprint }, "The web page is served");
  return server;
};

async function pem(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    throw new AgentError(mayPass(error) ? "CONFIG_IO" : "CONFIG", describeIoError("web: cannot read", path, error), {
      cause: error,
    });
  });
}

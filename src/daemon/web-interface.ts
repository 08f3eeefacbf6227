import { readFile } from "node:fs/promises";
import type { Hono } from "hono";
import { AgentError } from "../cwmp/errors.ts";
import { describeIoError, mayPass } from "../system/io-errors.ts";
import type { GuardParts, WebEnv } from "../web/parts.ts";
import type { LocalInterface, LocalInterfaceParts, OpenLocalInterface } from "./local-interfaces.ts";
import { fingerprintOf, ownWebCertificate } from "./web-certificate.ts";

/** The phone's own pages. */
export const openWebInterface: OpenLocalInterface = async (parts) => {
  const { agent, sessions, sipLog = null, model, version, clock, scheduler, random, log } = parts;
  return openWebPages(parts, async (guard) => {
    const { createApi } = await import("../control/api.ts");
    const { createWebApp } = await import("../web/app.ts");
    const pages = {
      sessions,
      sipLog,
      model,
      version,
      clock,
      scheduler,
      random,
      log,
      local: agent.local,
      history: agent.history,
    };
    const api = createApi({ agent, sessions, sipLog, scheduler, version, log, passwords: false });
    return () => createWebApp({ ...pages, ...guard, api });
  });
};

/**
 * Pages where the settings ask for them. Throws AgentError LISTEN or CONFIG.
 *
 * @param load loads what makes the pages
 */
export async function openWebPages(
  parts: Pick<LocalInterfaceParts, "config" | "clock" | "random" | "log">,
  load: (guard: GuardParts) => Promise<() => Hono<WebEnv>>,
): Promise<LocalInterface | null> {
  const { config, clock, random, log } = parts;
  const { enable, address, port, username, password, certificate, key, selfSigned } = config.web;
  if (!enable) return null;
  const stated =
    certificate === null || key === null ? null : { certificate: await pem(certificate), key: await pem(key) };
  const tls = stated ?? (selfSigned ? await ownWebCertificate(parts) : null);
  const { serveWebApp } = await import("../web/web-server.ts");
  const create = await load({ clock, random, log, login: { username, password }, tls });
  const server = await serveWebApp({ address, port, tls, log }, create);
  const fingerprint = tls === null ? {} : { fingerprint: fingerprintOf(tls.certificate) };
  log.info({ url: server.url, ...fingerprint }, "The web page is served");
  return server;
}

async function pem(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    throw new AgentError(mayPass(error) ? "CONFIG_IO" : "CONFIG", describeIoError("web: cannot read", path, error), {
      cause: error,
    });
  });
}

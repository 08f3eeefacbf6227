import { dirname, join } from "node:path";
import type { Hono } from "hono";
import { AgentError, isAgentError } from "../cwmp/errors.ts";
import { isRefused, pathRisks } from "../system/trusted-path.ts";
import type { LocalInterface, LocalInterfaceParts, OpenLocalInterface } from "./local-interfaces.ts";

/** In the state folder, where the settings name no other place. */
const SOCKET = "control.sock";

/** The socket for the commands that talk to this agent. */
export const openControlInterface: OpenLocalInterface = async (parts) => {
  const { agent, sessions, sipLog = null, scheduler, version, log } = parts;
  return openControlSocket(parts, async () => {
    const { createApi } = await import("../control/api.ts");
    return createApi({ agent, sessions, sipLog, scheduler, version, log, passwords: true });
  });
};

/**
 * The socket for the commands, where the settings ask for it. If it cannot be opened, that is only logged as an
 * error: the phones stay in contact with their ACS.
 *
 * @param loadApi is called with the first command
 */
export async function openControlSocket(
  { config, log }: Pick<LocalInterfaceParts, "config" | "log">,
  loadApi: () => Promise<Hono>,
): Promise<LocalInterface | null> {
  const { enable, socket } = config.control;
  if (!enable) return null;
  const { startControlServer } = await import("../control/control-server.ts");
  const path = socket ?? join(config.stateFolder, SOCKET);
  const [risk] = config.strictModes ? pathRisks(dirname(path), "folder").filter(isRefused) : [];
  try {
    // Anyone who can place a socket there would receive passwords sent to this one.
    if (risk !== undefined) throw new AgentError("LISTEN", `cannot open the control socket ${path}: ${risk.message}`);
    const server = await startControlServer(loadApi, path);
    log.info({ socket: server.path }, "The control socket is open");
    return server;
  } catch (error) {
    if (!isAgentError(error, "LISTEN")) throw error;
    log.error({ code: error.code }, `${error.message}; the agent continues without it`);
    return null;
  }
}

import { join } from "node:path";
import { isAgentError } from "../cwmp/errors.ts";
import type { OpenFace } from "./faces.ts";

/** In the state folder, where the settings name no other place. */
const SOCKET = "control.sock";

/**
 * The socket for the commands. One that cannot be opened is an error in the log and no more: the phone stays in touch with
 * its ACS, and whoever sits beside it has the log.
 */
export const openControlFace: OpenFace = async (parts) => {
  const { config, agent, sessions, scheduler, version, log } = parts;
  const { enable, socket } = config.control;
  if (!enable) return null;
  const { startControlServer } = await import("../control/control-server.ts");
  const loadApi = async () => {
    const { createApi } = await import("../control/api.ts");
    return createApi({ agent, sessions, scheduler, version, log, passwords: true });
  };
  try {
    const server = await startControlServer(loadApi, socket ?? join(config.stateFolder, SOCKET));
    log.info({ socket: server.path }, "The control socket is open");
    return server;
  } catch (error) {
    if (!isAgentError(error, "LISTEN")) throw error;
    log.error({ code: error.code }, `${error.message}; the agent goes on without its commands`);
    return null;
  }
};

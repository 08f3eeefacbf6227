import { join, resolve } from "node:path";
import { configFile } from "../config-option.ts";
import type { CliIo } from "../io.ts";
import { type AgentOptions, SOCKET_VARIABLE, STATE_VARIABLE } from "./options.ts";

/** As in `src/daemon/control-interface.ts` and the option table; a test compares them. */
const SOCKET = "control.sock";
const DEFAULT_STATE_FOLDER = "state";

/**
 * The control socket of the agent that is meant, by the rules of `run`: what is said here, the variable, the settings file,
 * the defaults. The settings are read only where nothing before them decides: that takes longer than all the rest.
 */
export async function socketPath(options: AgentOptions, io: CliIo): Promise<string> {
  const stated = options.socket ?? io.env[SOCKET_VARIABLE] ?? "";
  if (stated !== "") return resolve(stated);
  const file = configFile(io, options.config);
  if (file === null) return resolve(join(io.env[STATE_VARIABLE] || DEFAULT_STATE_FOLDER, SOCKET));
  const { loadConfig } = await import("../../config/load-config.ts");
  const { control, stateFolder } = loadConfig(file, io.env);
  return control.socket ?? join(stateFolder, SOCKET);
}

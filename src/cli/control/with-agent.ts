import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Problem } from "../../control/problem.ts";
import { printable } from "../../system/printable.ts";
import { configFile } from "../config-option.ts";
import { CliExit, type CliIo, EXIT_FAILED } from "../io.ts";
import { type AgentClient, createAgentClient } from "./client.ts";
import { AgentGone, AgentRefusal } from "./failures.ts";
import { type AgentOptions, SOCKET_VARIABLE, STATE_VARIABLE } from "./options.ts";
import { printJson } from "./print.ts";

/** Runs `work` with the selected agent. Errors are printed in one line, or one per fault. */
export async function withAgent(
  options: AgentOptions,
  io: CliIo,
  work: (agent: AgentClient) => Promise<void>,
): Promise<void> {
  const base = options.phone === undefined ? "" : `/phones/${encodeURIComponent(options.phone)}`;
  const client = createAgentClient(await socketPath(options, io), base);
  try {
    await work(client);
  } catch (error) {
    if (error instanceof AgentGone) io.stderr(`error: ${printable(error.message)}\n`);
    else if (error instanceof AgentRefusal) printProblem(error, options.json === true, io);
    else throw error;
    throw new CliExit(EXIT_FAILED);
  }
}

function printProblem({ problem }: AgentRefusal, json: boolean, io: CliIo): void {
  if (json) {
    printJson(problem, io);
    return;
  }
  io.stderr(`error: ${printable(problem.message)}${adviceOn(problem)}\n`);
  for (const { parameterName, faultCode, faultString } of problem.faults) {
    io.stderr(`  ${printable(parameterName)}: ${printable(faultString)} [${faultCode}]\n`);
  }
}

function adviceOn({ code, message, faults }: Problem): string {
  if (code === "UNKNOWN_PATH" && !message.endsWith("?")) return "; akuvox-cpe get Device. lists all parameters";
  return faults.length > 0 ? "; nothing was changed" : "";
}

const RETRY_MS = 250;
/** A restart of the phone usually takes less. */
const PATIENCE_MS = 10_000;

/** Retries for a while if the phone is restarting. */
export async function retryWhileRestarting<T>(ask: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      return await ask();
    } catch (error) {
      const restarting = error instanceof AgentRefusal && error.problem.code === "PHONE_DOWN";
      if (!restarting || waitedMs >= patienceMs) throw error;
      await wait(RETRY_MS);
    }
  }
}

/** As in `src/daemon/control-interface.ts` and the option table; a test compares them. */
const SOCKET = "control.sock";
const DEFAULT_STATE_FOLDER = "state";

/**
 * The control socket of the selected agent, by the rules of `run`: options, the variable, the settings file, the
 * defaults. The settings are read only if needed: that takes longer than the rest.
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

import { setTimeout as wait } from "node:timers/promises";
import type { Problem } from "../../control/problem.ts";
import { printable } from "../../system/printable.ts";
import { CliExit, type CliIo, EXIT_FAILED } from "../io.ts";
import { type AgentClient, createAgentClient } from "./client.ts";
import { AgentGone, AgentRefusal } from "./failures.ts";
import type { AgentOptions } from "./options.ts";
import { printJson } from "./print.ts";
import { socketPath } from "./socket-path.ts";

/** Lets the work talk to the agent that the options mean. What goes wrong is said in one line, or one for each fault. */
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
    else if (error instanceof AgentRefusal) tell(error, options.json === true, io);
    else throw error;
    throw new CliExit(EXIT_FAILED);
  }
}

function tell({ problem }: AgentRefusal, json: boolean, io: CliIo): void {
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
/** A phone restarts in less than that, as a rule. */
const PATIENCE_MS = 10_000;

/** Asks again for a while when the phone is just restarting. */
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

import { type Command, Option } from "commander";
import { configOption } from "../config-option.ts";

/** Selects the agent and the output format: the same for every command that talks to an agent. */
export interface AgentOptions {
  readonly socket?: string;
  readonly config?: string;
  readonly json?: boolean;
  /** Which phone of a fleet. */
  readonly phone?: string;
}

/** The variable with the path of the control socket, for the agent and its commands. */
export const SOCKET_VARIABLE = "AKUVOX_CPE_CONTROL_SOCKET";
export const STATE_VARIABLE = "AKUVOX_CPE_STATE_FOLDER";

/** Adds the options of every command that talks to one phone: the only one of an agent, or one of a fleet. */
export function forAgent(command: Command): Command {
  return forProcess(command).option("--phone <name>", "the phone of a fleet, by name or serial number");
}

/** Adds the options of every command that talks to a running process. */
export function forProcess(command: Command): Command {
  return command
    .addOption(
      new Option(
        "-s, --socket <path>",
        `control socket of the agent (default: $${SOCKET_VARIABLE}, or as in the settings)`,
      ),
    )
    .addOption(configOption())
    .option("--json", "print the answer of the agent as JSON");
}

import { type Command, Option } from "commander";
import { configOption } from "../config-option.ts";

/** Which agent is meant, and how its answer is printed: the same for every command that talks to one. */
export interface AgentOptions {
  readonly socket?: string;
  readonly config?: string;
  readonly json?: boolean;
  /** Which phone of a fleet. */
  readonly phone?: string;
}

/** The variable that names the control socket, for the agent and for those who talk to it. */
export const SOCKET_VARIABLE = "AKUVOX_CPE_CONTROL_SOCKET";
export const STATE_VARIABLE = "AKUVOX_CPE_STATE_FOLDER";

/** Adds the options of every command that talks to one phone: the only one of an agent, or one of a fleet. */
export function forAgent(command: Command): Command {
  return forProcess(command).option("--phone <name>", "of a fleet: which phone, by its name or serial number");
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

import { type Command, Option } from "commander";
import { configOption } from "../config-option.ts";

/** Which agent is meant, and how its answer is printed: the same for every command that talks to one. */
export interface AgentOptions {
  readonly socket?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** The variable that names the control socket, for the agent and for those who talk to it. */
export const SOCKET_VARIABLE = "AKUVOX_CPE_CONTROL_SOCKET";
export const STATE_VARIABLE = "AKUVOX_CPE_STATE_FOLDER";

/** Adds the options of every such command. */
export function forAgent(command: Command): Command {
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

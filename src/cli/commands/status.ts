import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

interface StatusOptions extends AgentOptions {
  readonly check?: boolean;
}

const EXAMPLES = `
Examples:
  akuvox-cpe status                            of the agent in this folder
  akuvox-cpe status --config config.yaml       of the agent that runs with these settings
  akuvox-cpe status --check                    prints nothing; the exit code is 0 when the phone is up (for Docker)
  akuvox-cpe status --json | jq .lastSession   for scripts
`;

export function registerStatus(program: Command, io: CliIo): void {
  forAgent(program.command("status"))
    .description("print the state of the running phone: its ACS, its sessions, its accounts")
    .option("--check", "print nothing; the exit code is the answer")
    .addHelpText("after", EXAMPLES)
    .action(async (options: StatusOptions) => {
      const { showStatus } = await import("../control/status.ts");
      await showStatus(options, io, Date.now());
    });
}

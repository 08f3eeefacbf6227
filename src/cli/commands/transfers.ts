import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

const EXAMPLES = `
Examples:
  akuvox-cpe transfers           what the ACS has requested and what is not reported to it yet
  akuvox-cpe transfers --json
`;

export function registerTransfers(program: Command, io: CliIo): void {
  forAgent(program.command("transfers"))
    .description("list the downloads and uploads of the running phone")
    .addHelpText("after", EXAMPLES)
    .action(async (options: AgentOptions) => {
      const { showTransfers } = await import("../control/transfers.ts");
      await showTransfers(options, io);
    });
}

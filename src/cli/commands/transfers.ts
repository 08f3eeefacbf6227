import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

const EXAMPLES = `
Examples:
  akuvox-cpe transfers           what the ACS has asked for and has not been told the end of
  akuvox-cpe transfers --json
`;

export function registerTransfers(program: Command, io: CliIo): void {
  forAgent(program.command("transfers"))
    .description("files that the running phone is to fetch or to bring")
    .addHelpText("after", EXAMPLES)
    .action(async (options: AgentOptions) => {
      const { showTransfers } = await import("../control/transfers.ts");
      await showTransfers(options, io);
    });
}

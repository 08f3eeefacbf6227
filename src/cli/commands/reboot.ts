import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

const EXAMPLES = `
A running session is completed first. The next Inform has 1 BOOT.
`;

export function registerReboot(program: Command, io: CliIo): void {
  forAgent(program.command("reboot"))
    .description("restart the running phone")
    .addHelpText("after", EXAMPLES)
    .action(async (options: AgentOptions) => {
      const { reboot } = await import("../control/restart.ts");
      await reboot(options, io);
    });
}

import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

interface FactoryResetOptions extends AgentOptions {
  readonly yes?: boolean;
}

const EXAMPLES = `
Everything that was set at the phone and by the ACS is lost; the settings file still applies. The next Inform has 0 BOOTSTRAP.

Examples:
  akuvox-cpe factory-reset          asks first
  akuvox-cpe factory-reset --yes    for scripts
`;

export function registerFactoryReset(program: Command, io: CliIo): void {
  forAgent(program.command("factory-reset"))
    .description("set the running phone back to factory settings")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", EXAMPLES)
    .action(async (options: FactoryResetOptions) => {
      const { factoryReset } = await import("../control/restart.ts");
      await factoryReset(options.yes === true, options, io);
    });
}

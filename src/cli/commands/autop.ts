import type { Command } from "commander";
import type { ApplyOptions } from "../control/autop.ts";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

interface ExportOptions extends AgentOptions {
  readonly passwords?: boolean;
}

const EXAMPLES = `
Such a file has lines like Config.Account1.GENERAL.UserName = 1001. What it does not name is not changed.

Examples:
  akuvox-cpe autop apply phone.cfg                  all of it, or nothing and a list of errors
  akuvox-cpe autop apply --lenient phone.cfg        its good lines, and a list of the bad ones
  akuvox-cpe autop export > phone.cfg               without passwords
  akuvox-cpe autop export --passwords > backup.cfg
`;

export function registerAutop(program: Command, io: CliIo): void {
  const autop = program
    .command("autop")
    .description("apply or export the running phone's settings as an AutoP configuration file")
    .addHelpText("after", EXAMPLES);
  forAgent(autop.command("apply"))
    .description("apply a configuration file: all of it, or nothing")
    .argument("<file>", "configuration file")
    .option("--lenient", "apply the good lines of a file with bad ones, and list the bad ones")
    .action(async (file: string, options: ApplyOptions) => {
      const { applyAutop } = await import("../control/autop.ts");
      await applyAutop(file, options, io);
    });
  forAgent(autop.command("export"))
    .description("print all settings as such a file")
    .option("--passwords", "include passwords")
    .action(async (options: ExportOptions) => {
      const { exportAutop } = await import("../control/autop.ts");
      await exportAutop(options, io);
    });
}

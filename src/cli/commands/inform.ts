import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

interface InformOptions extends AgentOptions {
  readonly wait: boolean;
}

const EXAMPLES = `
EVENT is 0 BOOTSTRAP, 1 BOOT, 2 PERIODIC (the default) or 6 CONNECTION REQUEST; its number is enough.
The exit code is 1 when the session failed.

Examples:
  akuvox-cpe inform              open a session with the ACS now, and print its outcome
  akuvox-cpe inform 0            as at the first contact with the ACS
  akuvox-cpe inform --no-wait    do not wait for its end
`;

export function registerInform(program: Command, io: CliIo): void {
  forAgent(program.command("inform"))
    .description("make the running phone open a session with its ACS now")
    .argument("[event...]", "event of the Inform (default: 2 PERIODIC)")
    .option("--no-wait", "do not wait for the session's end")
    .addHelpText("after", EXAMPLES)
    .action(async (event: readonly string[], options: InformOptions) => {
      const { informAcs } = await import("../control/inform.ts");
      await informAcs(event.join(" "), options, io);
    });
}

import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";
import { wholeNumber } from "../whole-number.ts";

const EXAMPLES = `
This works for a simulated phone whose lines use SIP (docs/sip.md).

Examples:
  akuvox-cpe call 1002
  akuvox-cpe call 1002 --account 2
`;

export function registerCall(program: Command, io: CliIo): void {
  forAgent(program.command("call"))
    .description("make the running phone call a number")
    .argument("<number>", "number or SIP user")
    .option("--account <number>", "the account that calls", wholeNumber(1, 16), 1)
    .addHelpText("after", EXAMPLES)
    .action(async (number: string, options: AgentOptions & { readonly account: number }) => {
      const { callNumber } = await import("../control/call.ts");
      await callNumber(number, options, io);
    });
}

export function registerHangUp(program: Command, io: CliIo): void {
  forAgent(program.command("hang-up"))
    .description("end the calls of the running phone")
    .action(async (options: AgentOptions) => {
      const { hangUp } = await import("../control/call.ts");
      await hangUp(options, io);
    });
}

import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

interface GetOptions extends AgentOptions {
  readonly values?: boolean;
}

const EXAMPLES = `
PATH is a parameter, or an object with its dot at the end. Passwords read as empty.

Examples:
  akuvox-cpe get Device.ManagementServer.           all parameters of an object
  akuvox-cpe get Device.LAN.IPAddress Device.DeviceInfo.UpTime
  akuvox-cpe get --values Device.LAN.IPAddress      the value alone, for scripts
  akuvox-cpe get --json Device. | jq .parameters    with types, notification and what may be set
`;

export function registerGet(program: Command, io: CliIo): void {
  forAgent(program.command("get"))
    .description("read parameters of the running phone")
    .argument("<path...>", "parameter, or object with its dot at the end")
    .option("--values", "print the values alone, one per line")
    .addHelpText("after", EXAMPLES)
    .action(async (paths: readonly string[], options: GetOptions) => {
      const { showParameters } = await import("../control/parameters.ts");
      await showParameters(paths, options, io);
    });
}

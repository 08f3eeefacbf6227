import { type Command, Option } from "commander";
import type { FleetCommandOptions } from "../fleet/command-options.ts";
import { registerFleetControl } from "../fleet/control/register.ts";
import type { CliIo } from "../io.ts";
import { wholeNumber } from "../whole-number.ts";

const EXAMPLES = `
Each phone is the real agent with its own identity, state and retries; all share one port for connection requests. SIGINT and
SIGTERM end the fleet cleanly. The exit code is 1 when a threshold does not hold. docs/fleet.md describes fleet.yaml.

Examples:
  akuvox-cpe acs                                                a small ACS at http://127.0.0.1:7557/
  akuvox-cpe fleet --count 1000 --acs http://127.0.0.1:7557/    1,000 phones, 10 more each second
  akuvox-cpe fleet --count 200 --acs http://127.0.0.1:7557/ --rate 50 --duration 60 --threshold "p95 < 500ms"
  akuvox-cpe fleet fleet.yaml                                   groups of different phones
  akuvox-cpe fleet fleet.yaml --check                           checks the file
  akuvox-cpe fleet fleet.yaml --control-socket fleet.sock       a fleet that can be looked at and changed while it runs:
  akuvox-cpe fleet status --socket fleet.sock                   how is it?
  akuvox-cpe status --phone phones-000017 --socket fleet.sock   how is one of its phones?
`;

export function registerFleet(program: Command, io: CliIo): void {
  const fleet = program
    .command("fleet")
    .enablePositionalOptions()
    .description("run many simulated phones in one process, to size or test an ACS")
    .argument("[file]", "fleet.yaml")
    .option("-n, --count <number>", "number of phones; for a file with one group or none")
    .option("--acs <url>", "the ACS of all phones")
    .option("--clone <file>", "a dump of a device; the phones are clones of it (docs/clone.md)")
    .option("--rate <number>", "phones to start per second (default: 10)")
    .option("--open-sessions <number>", "maximum number of open sessions (default: 200)")
    .option("--duration <seconds>", "end after this time")
    .option("--drain <seconds>", "how long open sessions may go on at the end (default: 5)")
    .option("--seed <text>", "the same seed makes the phones behave the same in every run")
    .option("--state-dir <folder>", "keep the state of the phones there, and go on with it (default: in memory)")
    .option("--threshold <text...>", 'what must hold at the end, such as "p95 < 500ms"')
    .option("--i-own-this-acs", "allow an ACS that is neither on this host nor in a private network")
    .addOption(
      new Option(
        "--shard <number/count>",
        "run a part of the fleet, such as 0/4: the others run 1/4, 2/4 and 3/4",
      ).conflicts(["shards", "index"]),
    )
    .option(
      "--shards <count>",
      "run one of so many parts: --index, that of an Indexed Job, or the first that is free in --results",
      wholeNumber(1, 999_999),
    )
    .option("--index <number>", "which of the parts, from 0", wholeNumber(0, 999_998))
    .addOption(
      new Option("--workers <count>", "run the fleet in so many processes, for as many cores")
        .argParser(wholeNumber(1, 256))
        .conflicts(["shard", "shards", "index"]),
    )
    .addOption(new Option("--worker").hideHelp())
    .option("--results <folder>", "write the result to a folder too, for akuvox-cpe report merge")
    .option("--control-socket <path>", "let commands such as `fleet status` reach it at this Unix socket")
    .option("--report <file>", "write a report with plots at the end: HTML that opens offline")
    .option("--json", "print figures and results as JSON lines")
    .addOption(new Option("--check", "check the file, and exit").conflicts("json"))
    .option("--schema", "print the JSON Schema of fleet.yaml, and exit")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, options: FleetCommandOptions) => {
      if (options.schema === true) io.stdout((await import("../../config/fleet/json-schema.ts")).fleetJsonSchema());
      else await (await import("../fleet/run-fleet.ts")).runFleet(file ?? null, options, io);
    });
  registerFleetControl(fleet, io);
}

import { type Command, InvalidArgumentError, Option } from "commander";
import { LISTED_STATES } from "../../../control/fleet/fleet-control.ts";
import { type AgentOptions, forProcess } from "../../control/options.ts";
import type { CliIo } from "../../io.ts";
import { wholeNumber } from "../../whole-number.ts";
import type { ListOptions, RebootOptions, WhichOptions } from "./operations.ts";

const MAX_SECONDS = 31_536_000;
const MAX_ADDED = 100_000;
const MAX_RATE = 1000;

/** The commands for a running fleet. Their code is loaded when one is used. */
export function registerFleetControl(fleet: Command, io: CliIo): void {
  registerLooks(fleet, io);
  registerAdd(fleet, io);
  registerWhich(fleet, io);
  registerScenario(fleet, io);
}

const load = () => import("./operations.ts");

function registerLooks(fleet: Command, io: CliIo): void {
  forProcess(fleet.command("status"))
    .description("show the running fleet: its phones, groups, latency and scenarios")
    .action(async (options: AgentOptions) => (await load()).showFleet(options, io));
  forProcess(fleet.command("list"))
    .description("list the phones of the running fleet, page by page")
    .option("--group <name>", "only phones of this group")
    .addOption(
      new Option("--state <state>", "only phones in this state; failed: the last session failed").choices([
        ...LISTED_STATES,
      ]),
    )
    .option("--search <text>", "only phones whose name or serial number begins with this")
    .option("--page <number>", "page number, from 1", wholeNumber(1, 999_999_999))
    .option("--size <number>", "phones per page (default: 50)", wholeNumber(1, 500))
    .action(async (options: ListOptions) => (await load()).listPhones(options, io));
}

function registerAdd(fleet: Command, io: CliIo): void {
  forProcess(fleet.command("add"))
    .description("add phones to the running fleet, until it ends")
    .argument("<count>", "how many", wholeNumber(1, MAX_ADDED))
    .option("--group <name>", "their group, if there are several")
    .action(async (count: number, options: AgentOptions & { readonly group?: string }) =>
      (await load()).addPhones(count, options, io),
    );
}

const OPERATIONS = [
  ["remove", "end sessions of phones cleanly, and remove the phones"],
  ["pause", "stop phones from beginning sessions until they are resumed"],
  ["resume", "resume paused phones"],
] as const;

function registerWhich(fleet: Command, io: CliIo): void {
  for (const [operation, description] of OPERATIONS)
    forPhones(fleet.command(operation))
      .description(description)
      .action(async (phones: readonly string[], options: WhichOptions) =>
        (await load()).operate(operation, phones, options, io),
      );
  forPhones(fleet.command("reboot"))
    .description("restart phones of the running fleet, or a share of them")
    .option("--over <seconds>", "spread over this time, instead of at once", wholeNumber(0, MAX_SECONDS))
    .action(async (phones: readonly string[], options: RebootOptions) =>
      (await load()).rebootPhones(phones, options, io),
    );
}

function forPhones(command: Command): Command {
  return forProcess(command)
    .argument("[phones...]", "names or serial numbers")
    .option("--group <name...>", "the phones of these groups")
    .option("--all", "every phone")
    .option("--share <percent>", "a part of these groups, or of all, such as 10%", percent)
    .option("--seed <text>", "the same text chooses the same share");
}

function registerScenario(fleet: Command, io: CliIo): void {
  forProcess(fleet.command("scenario"))
    .description("change how fast the time of a scenario passes")
    .argument("<number>", "the scenario, as in fleet status", wholeNumber(1, 9999))
    .requiredOption("--rate <factor>", "2: twice as fast as in fleet.yaml; 0: stopped", rate)
    .action(async (which: number, { rate: factor, ...options }: AgentOptions & { readonly rate: number }) =>
      (await load()).changeScenario(which, factor, options, io),
    );
}

function percent(text: string): number {
  const [, digits = ""] = /^(\d{1,3})%?$/.exec(text) ?? [];
  if (digits !== "" && Number(digits) >= 1 && Number(digits) <= 100) return Number(digits);
  throw new InvalidArgumentError("It must be 1% to 100%.");
}

function rate(text: string): number {
  if (/^\d{1,4}(\.\d{1,6})?$/.test(text) && Number(text) <= MAX_RATE) return Number(text);
  throw new InvalidArgumentError(`It must be a number from 0 to ${MAX_RATE}, such as 2 or 0.5.`);
}

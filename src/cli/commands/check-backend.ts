import { type Command, InvalidArgumentError } from "commander";
import type { CheckBackendOptions } from "../check-backend/options.ts";
import { configOption } from "../config-option.ts";
import type { CliIo } from "../io.ts";

const ABOUT = `
Every promise that the agent relies on is tried, each with the module loaded anew over an empty folder: settings are written,
the phone is restarted and reset. Take a phone that nobody needs. Nothing of a running agent is touched.
The exit code is 1 when a promise is broken, and 2 when the module cannot be loaded.

Examples:
  akuvox-cpe check-backend ./my-phone.mjs
  akuvox-cpe check-backend ./my-phone.mjs --options '{ "port": "/dev/ttyS0" }' --verbose
  akuvox-cpe check-backend --config config.yaml      module, options and limits as the settings say

How to write one: docs/backends.md
`;

export function registerCheckBackend(program: Command, io: CliIo): void {
  program
    .command("check-backend")
    .description("does a plug-in of your own keep the contract of backends?")
    .argument("[module]", "the module, such as ./my-phone.mjs")
    .addOption(configOption())
    .option("--options <json>", "what the module gets as its options", jsonGroup)
    .option("--only <text>", "try only the promises that have this text in them")
    .option("--verbose", "show all that the module has logged, and not its warnings alone")
    .addHelpText("after", ABOUT)
    .action(async (module: string | undefined, options: CheckBackendOptions) => {
      const { checkBackend } = await import("../check-backend/check-backend.ts");
      await checkBackend(module, options, io);
    });
}

function jsonGroup(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError("It must be a JSON object, such as '{ \"port\": 3 }'.");
}

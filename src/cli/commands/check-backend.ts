import { type Command, InvalidArgumentError } from "commander";
import type { CheckBackendOptions } from "../check-backend/bench.ts";
import { configOption } from "../config-option.ts";
import type { CliIo } from "../io.ts";

const ABOUT = `
Tests every promise that the agent relies on, each with the module reloaded on an empty folder. The test writes settings,
restarts the phone and resets it: use a test phone. A running agent is not affected.
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
    .description("check that a plug-in keeps the backend contract")
    .argument("[module]", "the module, such as ./my-phone.mjs")
    .addOption(configOption())
    .option("--options <json>", "the options for the module", jsonGroup)
    .option("--only <text>", "test only the promises with this text in their name")
    .option("--verbose", "show everything that the module has logged, not only its warnings")
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
    // Reported below.
  }
  throw new InvalidArgumentError("It must be a JSON object, such as '{ \"port\": 3 }'.");
}

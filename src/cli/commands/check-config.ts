import type { Command } from "commander";
import { formatFinding } from "../../cwmp/findings.ts";
import { printable } from "../../system/printable.ts";
import { configFile } from "../config-option.ts";
import type { CliIo } from "../io.ts";

interface CheckConfigOptions {
  readonly print?: boolean;
  readonly schema?: boolean;
  readonly variables?: boolean;
}

const EXAMPLES = `
Without FILE, the file that AKUVOX_CPE_CONFIG names is checked, else the environment alone.
Every mistake is shown with its line and column, and the exit code is 2. Warnings do not change the exit code.

Examples:
  akuvox-cpe check-config config.yaml
  akuvox-cpe check-config config.yaml --print    the settings in force, passwords masked
  akuvox-cpe check-config --variables            the environment variables that override the file
  akuvox-cpe check-config --schema               JSON Schema, for editors
`;

export function registerCheckConfig(program: Command, io: CliIo): void {
  program
    .command("check-config")
    .description("check a settings file and show all of its mistakes")
    .argument("[file]", "settings file, YAML")
    .option("--print", "print the settings in force as YAML: file, environment and defaults, passwords masked")
    .option("--variables", "print the environment variables that override the file, and exit")
    .option("--schema", "print the JSON Schema of the settings file, and exit")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, options: CheckConfigOptions) => {
      if (options.schema) io.stdout((await import("../../config/json-schema.ts")).settingsJsonSchema());
      else if (options.variables) io.stdout(await variables());
      else await check(configFile(io, file), options.print === true, io);
    });
}

async function check(file: string | null, print: boolean, io: CliIo): Promise<void> {
  const { loadConfig } = await import("../../config/load-config.ts");
  const { openPhoneModel } = await import("../../config/open-phone-model.ts");
  const { checkHost } = await import("../../config/host-checks.ts");
  const { trustCheck } = await import("../../config/trust-checks.ts");
  const config = loadConfig(file, io.env, [checkHost, trustCheck(file)]);
  const { model } = await openPhoneModel(config);
  if (config.backend.type === "simulated" && config.backend.script !== null) {
    const { loadUserScript } = await import("../../config/user-script.ts");
    const { createLayouts } = await import("../../parameters/layouts.ts");
    loadUserScript(config.backend.script, createLayouts(model, config.phone).factory);
  }
  for (const warning of config.warnings) io.stderr(`${printable(formatFinding(warning))}\n`);
  if (!print) {
    const count = config.warnings.length;
    const warnings = count === 0 ? "" : `, ${count === 1 ? "1 warning" : `${count} warnings`}`;
    io.stdout(`${file ?? "the environment"}: no mistakes${warnings}\n`);
    return;
  }
  const { stringify } = await import("yaml");
  const { redactConfig } = await import("../../config/redact.ts");
  io.stdout(stringify(redactConfig(config)));
}

async function variables(): Promise<string> {
  const { leafRows } = await import("../../config/option-table.ts");
  const rows = leafRows().flatMap(({ environment, path, title }) =>
    environment === null ? [] : [[environment, path, title]],
  );
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      ([name = "", path = "", title = ""]) =>
        `${name.padEnd(widths[0] ?? 0)}  ${path.padEnd(widths[1] ?? 0)}  ${title}\n`,
    )
    .join("");
}

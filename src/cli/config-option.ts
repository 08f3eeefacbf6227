import { Option } from "commander";
import type { CliIo } from "./io.ts";

/** The variable with the path of the settings file, used without the option. */
export const CONFIG_VARIABLE = "AKUVOX_CPE_CONFIG";

/** `--config FILE`, the same for every command that takes settings. */
export function configOption(): Option {
  return new Option(
    "-c, --config <file>",
    `settings file, YAML (default: $${CONFIG_VARIABLE}; the installed program: /etc/akuvox-cpe/config.yaml)`,
  );
}

/** The settings file to use; null: defaults and environment only. */
export function configFile(io: CliIo, option: string | undefined): string | null {
  const file = option ?? io.env[CONFIG_VARIABLE] ?? "";
  return file === "" ? null : file;
}

import { type CliIo, UsageError } from "../io.ts";
import { privateLine } from "../private-text.ts";
import type { AcsCommandOptions } from "./set-up.ts";

const PRIVATE = [
  { name: "auth", file: "authFile", option: "--auth" },
  { name: "cpeAuth", file: "cpeAuthFile", option: "--cpe-auth" },
  { name: "xmpp", file: "xmppFile", option: "--xmpp" },
] as const;

/**
 * The options, with values read from their files. Throws UsageError: a file cannot be read, or an option is given
 * twice.
 */
export async function withPrivateTexts(options: AcsCommandOptions, io: CliIo): Promise<AcsCommandOptions> {
  const stated = PRIVATE.filter(({ file }) => options[file] !== undefined);
  if (stated.filter(({ file }) => options[file] === "-").length > 1)
    throw new UsageError("only one file can be stdin (-)");
  if (options.control === "stdio" && stated.some(({ file }) => options[file] === "-"))
    throw new UsageError("stdin is used by --control stdio: name a file");
  const texts: Partial<Record<(typeof PRIVATE)[number]["name"], string>> = {};
  for (const { name, file, option } of stated) {
    if (options[name] !== undefined)
      throw new UsageError(`${option} and ${option}-file exclude each other: use one of them`);
    texts[name] = await privateLine(options[file] ?? "", `${option}-file`, io);
  }
  return { ...options, ...texts };
}

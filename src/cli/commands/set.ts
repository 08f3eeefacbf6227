import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import { type CliIo, UsageError } from "../io.ts";

const EXAMPLES = `
All values are set, or none is. It counts as a change at the phone: the ACS is notified if it has asked for that.
To see what may be set: akuvox-cpe params PATH.

Examples:
  akuvox-cpe set Device.ManagementServer.PeriodicInformInterval=600
  akuvox-cpe set "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label=Front desk"
  akuvox-cpe set Device.ManagementServer.URL=http://acs.example/ Device.ManagementServer.Username=phone
  akuvox-cpe set --from values.txt               one PATH=VALUE per line: ps does not show them
  akuvox-cpe set --from - < values.txt           the same from stdin
`;

export function registerSet(program: Command, io: CliIo): void {
  forAgent(program.command("set"))
    .description("set parameters of the running phone, as if at the phone")
    .argument("[path=value...]", "parameter, = and its value, which may be empty")
    .option("-f, --from <file>", "read lines PATH=VALUE from a file, or from stdin (-): use it for passwords")
    .addHelpText("after", EXAMPLES)
    .action(async (settings: readonly string[], options: AgentOptions & { readonly from?: string }) => {
      const { setParameters } = await import("../control/parameters.ts");
      const more = options.from === undefined ? [] : await linesOf(options.from, io);
      if (settings.length + more.length === 0) throw new UsageError("nothing to set: pass PATH=VALUE, or --from FILE");
      await setParameters([...settings, ...more], options, io);
    });
}

/** Skips empty lines and comments (#). Errors name the line number, not the text, which may be a password. */
async function linesOf(file: string, io: CliIo): Promise<readonly string[]> {
  const { privateText } = await import("../private-text.ts");
  const lines = (await privateText(file, "--from", io)).split(/\r?\n/);
  return lines.filter((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return false;
    if (line.indexOf("=") < 1) throw new UsageError(`line ${index + 1} of --from is not PATH=VALUE`);
    return true;
  });
}

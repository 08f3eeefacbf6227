import type { Command } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";

const EXAMPLES = `
All values are set, or none is. It counts as a change at the phone: an ACS that asked to be told is told.
What may be set: akuvox-cpe params PATH.

Examples:
  akuvox-cpe set Device.ManagementServer.PeriodicInformInterval=600
  akuvox-cpe set "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label=Front desk"
  akuvox-cpe set Device.ManagementServer.URL=http://acs.example/ Device.ManagementServer.Username=phone
`;

export function registerSet(program: Command, io: CliIo): void {
  forAgent(program.command("set"))
    .description("set parameters of the running phone, as if at the phone")
    .argument("<path=value...>", "parameter, =, and its value; an empty value is one too")
    .addHelpText("after", EXAMPLES)
    .action(async (settings: readonly string[], options: AgentOptions) => {
      const { setParameters } = await import("../control/parameters.ts");
      await setParameters(settings, options, io);
    });
}

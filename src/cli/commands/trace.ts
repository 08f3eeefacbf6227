import { type Command, InvalidArgumentError } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";
import { untilShutdownSignal } from "../stop-signals.ts";

interface TraceOptions extends AgentOptions {
  readonly follow?: boolean;
  readonly sip?: boolean;
}

const EXAMPLES = `
The agent remembers its last sessions, passwords masked, as long as it runs. Envelopes on disk: akuvox-cpe run --trace.

Examples:
  akuvox-cpe trace             the last session as a ladder
  akuvox-cpe trace 5           the last five
  akuvox-cpe trace --follow    each message as it happens, until Ctrl-C
  akuvox-cpe trace --sip       registrations and calls of a simulated phone
  akuvox-cpe trace --follow --json | jq -c 'select(.name == "Fault")'
`;

const MAX_SESSIONS = 1000;

export function registerTrace(program: Command, io: CliIo): void {
  forAgent(program.command("trace"))
    .description("the last sessions with the ACS, as a ladder diagram")
    .argument("[sessions]", "number of sessions", parseCount)
    .option("-f, --follow", "draw messages as they happen")
    .option("--sip", "draw its SIP messages instead (docs/sip.md)")
    .addHelpText("after", EXAMPLES)
    .action(async (sessions: number | undefined, options: TraceOptions) => {
      const { followSessions, showSessions, showSip } = await import("../control/trace.ts");
      if (options.sip === true) await showSip(options, io);
      else if (options.follow === true) await followSessions(sessions ?? 0, options, io, untilShutdownSignal());
      else await showSessions(sessions ?? 1, options, io);
    });
}

function parseCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_SESSIONS) throw new InvalidArgumentError(`It must be 1 to ${MAX_SESSIONS}.`);
  return count;
}

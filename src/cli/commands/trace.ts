import { type Command, InvalidArgumentError } from "commander";
import { type AgentOptions, forAgent } from "../control/options.ts";
import type { CliIo } from "../io.ts";
import { untilShutdownSignal } from "../stop-signals.ts";

interface TraceOptions extends AgentOptions {
  readonly follow?: boolean;
}

const EXAMPLES = `
The agent remembers its last sessions, passwords masked, as long as it runs. Envelopes on disk: akuvox-cpe run --trace.

Examples:
  akuvox-cpe trace             the last session as a ladder
  akuvox-cpe trace 5           the last five
  akuvox-cpe trace --follow    each message as it happens, until Ctrl-C
  akuvox-cpe trace --follow --json | jq -c 'select(.name == "Fault")'
`;

const MAX_SESSIONS = 1000;

export function registerTrace(program: Command, io: CliIo): void {
  forAgent(program.command("trace"))
    .description("the last sessions with the ACS, as a ladder diagram")
    .argument("[sessions]", "number of sessions", parseCount)
    .option("-f, --follow", "draw messages as they happen")
    .addHelpText("after", EXAMPLES)
    .action(async (sessions: number | undefined, options: TraceOptions) => {
      const { followSessions, showSessions } = await import("../control/trace.ts");
      if (options.follow === true) await followSessions(sessions ?? 0, options, io, untilShutdownSignal());
      else await showSessions(sessions ?? 1, options, io);
    });
}

function parseCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_SESSIONS) throw new InvalidArgumentError(`It must be 1 to ${MAX_SESSIONS}.`);
  return count;
}

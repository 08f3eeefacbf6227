import type { LocalEvent } from "../../agent/local/local-control.ts";
import type { Informed } from "../../control/answers.ts";
import { printable } from "../../system/printable.ts";
import { CliExit, type CliIo, EXIT_FAILED, UsageError } from "../io.ts";
import { createPaint, hasColor } from "../paint.ts";
import type { AgentOptions } from "./options.ts";
import { outcomeText, printJson } from "./print.ts";
import { withAgent } from "./with-agent.ts";

/** Every event that can be raised by hand, with its short name. */
const EVENTS: Readonly<Record<LocalEvent, readonly string[]>> = {
  "2 PERIODIC": ["", "2", "periodic"],
  "0 BOOTSTRAP": ["0", "bootstrap"],
  "1 BOOT": ["1", "boot"],
  "6 CONNECTION REQUEST": ["6", "connection request"],
};

export async function informAcs(
  word: string,
  options: AgentOptions & { readonly wait: boolean },
  io: CliIo,
): Promise<void> {
  const event = eventOf(word);
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<Informed>("POST", "/inform", { event, wait: options.wait });
    if (options.json === true) printJson(answer, io);
    else io.stdout(informedText(answer, io));
    if (answer.outcome?.successful === false) throw new CliExit(EXIT_FAILED);
  });
}

function informedText({ event, outcome }: Informed, io: CliIo): string {
  if (outcome === null) return `${event}: raised\n`;
  const paint = createPaint(hasColor(io));
  const tint = outcome.successful ? paint.green : paint.red;
  return `${tint(printable(outcomeText(outcome)))}\n`;
}

function eventOf(word: string): LocalEvent {
  const known = Object.entries(EVENTS) as [LocalEvent, readonly string[]][];
  const meant = word.trim().toLowerCase();
  const found = known.find(([code, names]) => code.toLowerCase() === meant || names.includes(meant));
  if (found !== undefined) return found[0];
  throw new UsageError(`the event must be one of ${Object.keys(EVENTS).join(", ")}, or its number`);
}

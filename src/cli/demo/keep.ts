import { dirname } from "node:path";
import { eventLines } from "../acs/event-lines.ts";
import { PROMPT_HELP } from "../acs/prompt.ts";
import { openTerminal } from "../acs/terminal.ts";
import type { CliIo } from "../io.ts";
import { DISPLAY_NAME_KEY } from "./account.ts";
import type { Stage } from "./stage.ts";

/** Leaves ACS and agent running, prints how to use them, and accepts commands until a shutdown signal. */
export async function keepPlaying(stage: Stage, io: CliIo, told: Promise<unknown>): Promise<void> {
  const { files, acs, narrator } = stage;
  const atTerminal = io.terminal !== null && process.stdin.isTTY;
  io.stdout(`
Both go on running until Ctrl-C, in ${files.folder}.

  phone.cfg       the phone's file: change ${DISPLAY_NAME_KEY}, save it, and see 4 VALUE CHANGE
  settings.yaml   the agent's settings; it is started with: akuvox-cpe run --config ${files.settings}
  trace           every message as a separate file, and trace.jsonl
  ${dirname(files.ca).slice(files.folder.length + 1)}             the ACS's certificates
${atTerminal ? `\nCommands of the prompt act as the ACS:\n${PROMPT_HELP}` : ""}
`);
  const terminal = atTerminal ? openTerminal(acs, async () => []) : null;
  const print = terminal?.print ?? ((lines) => io.stdout(lines.map((line) => `${line}\n`).join("")));
  acs.onEvent((event) => print(eventLines(event, narrator.paint)));
  await Promise.race(terminal === null ? [told, acs.child.ended] : [told, acs.child.ended, terminal.closed]);
  terminal?.close();
}

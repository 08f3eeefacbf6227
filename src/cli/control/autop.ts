import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { AutopApplied } from "../../control/answers.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { printable } from "../../system/printable.ts";
import { type CliIo, UsageError } from "../io.ts";
import { createPaint, hasColor } from "../paint.ts";
import type { AgentOptions } from "./options.ts";
import { printJson, sentenceOf } from "./print.ts";
import { withAgent } from "./with-agent.ts";

export interface ApplyOptions extends AgentOptions {
  readonly lenient?: boolean;
}

export async function applyAutop(path: string, options: ApplyOptions, io: CliIo): Promise<void> {
  const file = await read(path);
  const query = new URLSearchParams({
    name: basename(path).slice(0, 255),
    lenient: String(options.lenient === true),
  }).toString();
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<AutopApplied>("POST", `/autop?${query}`, file);
    if (options.json === true) printJson(answer, io);
    else print(answer, io);
  });
}

/** The file goes to stdout as it is. */
export async function exportAutop(options: AgentOptions & { readonly passwords?: boolean }, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const file = await agent.getText(`/autop?passwords=${options.passwords === true}`);
    if (options.json === true) printJson({ file }, io);
    else io.stdout(file);
  });
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`the configuration file cannot be read: ${printable(messageOf(error))}`);
  }
}

function print({ settings, changed, applied, unknown, refused, warnings }: AutopApplied, io: CliIo): void {
  const paint = createPaint(hasColor(io));
  if (settings === 0) {
    io.stdout("nothing to apply: the file holds no setting\n");
    return;
  }
  io.stdout(`${sentenceOf(settings, "setting", "settings")}, ${changed.length} changed\n`);
  for (const key of changed) io.stdout(`  ${printable(key)}\n`);
  if (unknown.length > 0) {
    io.stdout(`${sentenceOf(unknown.length, "setting", "settings")} unknown here, kept for the firmware\n`);
    for (const key of unknown) io.stdout(`  ${printable(key)}\n`);
  }
  for (const line of refused) io.stderr(`${paint.yellow(`left out: ${printable(line)}`)}\n`);
  for (const warning of warnings) io.stderr(`${paint.yellow(`warning: ${printable(warning)}`)}\n`);
  if (applied === "needs-reboot") io.stdout(paint.yellow("In force after a reboot: akuvox-cpe reboot\n"));
}

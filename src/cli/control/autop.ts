import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { AutopApplied } from "../../control/answers.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { printable } from "../../system/printable.ts";
import { type CliIo, UsageError } from "../io.ts";
import { createPaint } from "../paint.ts";
import type { AgentOptions } from "./options.ts";
import { printJson, sentenceOf } from "./print.ts";
import { withAgent } from "./with-agent.ts";

export async function applyAutop(path: string, options: AgentOptions, io: CliIo): Promise<void> {
  const file = await read(path);
  const query = new URLSearchParams({ name: basename(path).slice(0, 255) }).toString();
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<AutopApplied>("POST", `/autop?${query}`, file);
    if (options.json === true) printJson(answer, io);
    else tell(answer, io);
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

function tell({ settings, changed, applied, warnings }: AutopApplied, io: CliIo): void {
  const paint = createPaint(io.terminal !== null);
  io.stdout(`${sentenceOf(settings, "setting", "settings")}, ${changed.length} changed\n`);
  for (const key of changed) io.stdout(`  ${printable(key)}\n`);
  for (const warning of warnings) io.stderr(`${paint.yellow(`warning: ${printable(warning)}`)}\n`);
  if (applied === "needs-reboot") io.stdout(paint.yellow("In force after a reboot: akuvox-cpe reboot\n"));
}

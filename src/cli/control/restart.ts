import { CliExit, type CliIo, EXIT_FAILED, UsageError } from "../io.ts";
import type { AgentOptions } from "./options.ts";
import { printJson } from "./print.ts";
import { withAgent } from "./with-agent.ts";

export async function reboot(options: AgentOptions, io: CliIo): Promise<void> {
  await order("/reboot", "The phone restarts.", options, io);
}

export async function factoryReset(sure: boolean, options: AgentOptions, io: CliIo): Promise<void> {
  if (!sure) await makeSure(io);
  await order("/factory-reset", "The phone restarts with factory settings.", options, io);
}

async function makeSure(io: CliIo): Promise<void> {
  if (io.ask === null) throw new UsageError("not interactive: pass --yes");
  const answer = await io.ask("All settings will be lost. Reset to factory settings? Type yes: ");
  if (answer.trim().toLowerCase() === "yes") return;
  io.stderr("Nothing was done.\n");
  throw new CliExit(EXIT_FAILED);
}

async function order(path: string, said: string, options: AgentOptions, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<object>("POST", path, {});
    if (options.json === true) printJson(answer, io);
    else io.stdout(`${said}\n`);
  });
}

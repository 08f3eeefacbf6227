import type { CliIo } from "../io.ts";
import type { Transfers } from "./answers.ts";
import type { AgentOptions } from "./options.ts";
import { printJson } from "./print.ts";
import { table } from "./table.ts";
import { withAgent } from "./with-agent.ts";

const STATES = { 1: "not started", 2: "in progress", 3: "done, to be reported" } as const;

export async function showTransfers(options: AgentOptions, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const answer = await agent.get<Transfers>("/transfers");
    if (options.json === true) printJson(answer, io);
    else io.stdout(transfersText(answer, io.terminal?.columns ?? null));
  });
}

export function transfersText({ transfers }: Transfers, columns: number | null): string {
  if (transfers.length === 0) return "No transfers.\n";
  const rows = transfers.map(({ isDownload, fileType, state, fileSize, commandKey }) => [
    isDownload ? "download" : "upload",
    fileType,
    STATES[state],
    fileSize > 0 ? `${fileSize} bytes` : "",
    commandKey === "" ? "" : `CommandKey ${commandKey}`,
  ]);
  return table(rows, columns);
}

import type { Calling } from "../../control/answers.ts";
import { printable } from "../../system/printable.ts";
import type { CliIo } from "../io.ts";
import type { AgentOptions } from "./options.ts";
import { printJson } from "./print.ts";
import { withAgent } from "./with-agent.ts";

export async function callNumber(
  number: string,
  options: AgentOptions & { readonly account: number },
  io: CliIo,
): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<Calling>("POST", "/call", { number, account: options.account });
    if (options.json === true) printJson(answer, io);
    else io.stdout(`Calling ${printable(number)}. To follow the call: akuvox-cpe status\n`);
  });
}

export async function hangUp(options: AgentOptions, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<Calling>("POST", "/hang-up", {});
    if (options.json === true) printJson(answer, io);
    else io.stdout("The phone has hung up.\n");
  });
}

import type { Added, Overview, Phones, Scenario, Selected } from "../../../control/answers.ts";
import { number } from "../../../fleet/words.ts";
import type { AgentOptions } from "../../control/options.ts";
import { printJson } from "../../control/print.ts";
import { withAgent } from "../../control/with-agent.ts";
import { type CliIo, UsageError } from "../../io.ts";
import { overviewText, phonesText, scenarioText } from "./texts.ts";

/** As commander gives them. */
export interface ListOptions extends AgentOptions {
  readonly group?: string;
  readonly state?: string;
  readonly search?: string;
  readonly page?: number;
  readonly size?: number;
}

/** Which phones. */
export interface WhichOptions extends AgentOptions {
  readonly group?: readonly string[];
  readonly all?: boolean;
  /** Percent. */
  readonly share?: number;
  readonly seed?: string;
}

export interface RebootOptions extends WhichOptions {
  /** Seconds. */
  readonly over?: number;
}

export async function listPhones({ group, state, search, page, size, ...options }: ListOptions, io: CliIo) {
  const said = Object.entries({ group, state, search, page, size }).flatMap(([name, text]): [string, string][] =>
    text === undefined ? [] : [[name, String(text)]],
  );
  await ask<Phones>(options, io, `/phones?${new URLSearchParams(said)}`, (answer) => phonesText(answer, io.terminal));
}

export async function showFleet(options: AgentOptions, io: CliIo): Promise<void> {
  await ask<Overview>(options, io, "/fleet", (answer) => overviewText(answer, io.terminal));
}

export async function addPhones(
  count: number,
  { group, ...options }: AgentOptions & { readonly group?: string },
  io: CliIo,
): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const only = group ?? (await onlyGroup(await agent.get<Overview>("/fleet")));
    const answer = await agent.send<Added>("POST", "/add", { group: only, count });
    if (options.json === true) return printJson(answer, io);
    const [first = "", last = first] = [answer.phones[0], answer.phones.at(-1)];
    io.stdout(`${number(answer.phones.length)} more phones: ${first}${first === last ? "" : ` to ${last}`}\n`);
  });
}

async function onlyGroup({ groups }: Overview): Promise<string> {
  const [only, another] = groups;
  if (only !== undefined && another === undefined) return only.name;
  throw new UsageError(`name the group with --group: ${groups.map(({ name }) => name).join(", ")}`);
}

export async function operate(
  operation: "remove" | "pause" | "resume",
  phones: readonly string[],
  options: WhichOptions,
  io: CliIo,
): Promise<void> {
  await send(`/${operation}`, selectionOf(phones, options), DONE[operation], options, io);
}

export async function rebootPhones(phones: readonly string[], options: RebootOptions, io: CliIo): Promise<void> {
  const { over: overSeconds } = options;
  const within = overSeconds === undefined ? {} : { overSeconds };
  await send("/reboot", { ...selectionOf(phones, options), ...within }, "restart", options, io);
}

export async function changeScenario(which: number, rate: number, options: AgentOptions, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<Scenario>("PATCH", `/scenarios/${which}`, { rate });
    if (options.json === true) printJson(answer, io);
    else io.stdout(`Scenario ${answer.number}: ${scenarioText(answer)}\n`);
  });
}

const DONE = { remove: "are removed", pause: "are paused", resume: "go on" } as const;

async function ask<T extends object>(
  options: AgentOptions,
  io: CliIo,
  path: string,
  text: (answer: T) => string,
): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const answer = await agent.get<T>(path);
    if (options.json === true) printJson(answer, io);
    else io.stdout(text(answer));
  });
}

async function send(path: string, body: object, done: string, options: AgentOptions, io: CliIo): Promise<void> {
  await withAgent(options, io, async (agent) => {
    const answer = await agent.send<Selected>("POST", path, body);
    if (options.json === true) printJson(answer, io);
    else io.stdout(`${number(answer.phones)} ${answer.phones === 1 ? "phone" : "phones"}: they ${done}\n`);
  });
}

function selectionOf(phones: readonly string[], { group = [], all, share, seed }: WhichOptions): object {
  const said = [phones.length > 0, group.length > 0, all === true].filter(Boolean).length;
  if (said !== 1) throw new UsageError("name the phones: by name or serial number, --group, or --all");
  if (phones.length > 0 && share !== undefined)
    throw new UsageError("--share is for groups or all phones, not for named phones");
  return {
    ...(phones.length > 0 ? { phones } : group.length > 0 ? { groups: group } : { all: true }),
    ...(share === undefined ? {} : { sharePercent: share }),
    ...(seed === undefined ? {} : { seed }),
  };
}

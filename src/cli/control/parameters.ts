import type { Changed, Parameters } from "../../control/answers.ts";
import { printable } from "../../system/printable.ts";
import { type CliIo, UsageError } from "../io.ts";
import { createPaint, hasColor } from "../paint.ts";
import { nearName } from "../params/path.ts";
import type { AgentClient } from "./client.ts";
import { AgentRefusal } from "./failures.ts";
import type { AgentOptions } from "./options.ts";
import { printJson } from "./print.ts";
import { table } from "./table.ts";
import { withAgent } from "./with-agent.ts";

export async function showParameters(
  paths: readonly string[],
  options: AgentOptions & { readonly values?: boolean },
  io: CliIo,
): Promise<void> {
  const query = paths.map((path) => `path=${encodeURIComponent(path)}`).join("&");
  await withAgent(options, io, async (agent) => {
    const answer = await agent
      .get<Parameters>(`/parameters?${query}`)
      .catch((error) => betterRefusal(error, paths, agent));
    if (options.json === true) printJson(answer, io);
    else if (options.values === true) io.stdout(answer.parameters.map(({ value }) => `${printable(value)}\n`).join(""));
    else io.stdout(parametersText(answer, io.terminal?.columns ?? null));
  });
}

/** For a missing path: suggests the most similar one, like `params`. */
async function betterRefusal(error: unknown, paths: readonly string[], agent: AgentClient): Promise<never> {
  if (!(error instanceof AgentRefusal) || !isUnknownPath(error)) throw error;
  const { parameters } = await agent.get<Parameters>("/parameters?path=Device.");
  const names = new Set(parameters.flatMap(({ path }) => [path, ...objectsAround(path)]));
  const missing = paths.find((path) => !names.has(path));
  const near = missing === undefined ? null : nearName([...names], missing);
  if (near === null) throw error;
  throw new AgentRefusal({
    ...error.problem,
    message: `no parameter or object has the path ${missing}; did you mean ${near}?`,
  });
}

/** A change is refused as a whole; its faults name the missing path. */
function isUnknownPath({ problem: { code, faults } }: AgentRefusal): boolean {
  return code === "UNKNOWN_PATH" || faults.some(({ faultCode }) => faultCode === 9005);
}

function objectsAround(path: string): readonly string[] {
  return [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index + 1));
}

/**
 * One parameter per line. On a terminal paths are not broken, so that they can be copied, as long as values have room.
 */
export function parametersText({ parameters }: Parameters, columns: number | null): string {
  return table(
    parameters.map(({ path, hidden, value }) => [path, hidden ? "(hidden)" : value]),
    columns,
  );
}

export async function setParameters(settings: readonly string[], options: AgentOptions, io: CliIo): Promise<void> {
  const values = valuesOf(settings);
  await withAgent(options, io, async (agent) => {
    const answer = await agent
      .send<Changed>("PATCH", "/parameters", { values })
      .catch((error) => betterRefusal(error, Object.keys(values), agent));
    if (options.json === true) printJson(answer, io);
    else io.stdout(changesText(answer, io));
  });
}

function valuesOf(settings: readonly string[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const setting of settings) {
    const at = setting.indexOf("=");
    if (at < 1)
      throw new UsageError(`${printable(setting)} is not PATH=VALUE, such as Device.ManagementServer.Username=phone`);
    const path = setting.slice(0, at);
    if (values.has(path)) throw new UsageError(`${printable(path)} is set twice: leave one of them out`);
    values.set(path, setting.slice(at + 1));
  }
  return Object.fromEntries(values);
}

export function changesText({ applied, changes }: Changed, io: Pick<CliIo, "terminal" | "env">): string {
  const rows = changes.map(({ path, hidden, before, after }) => {
    if (hidden) return [path, "set (hidden)"];
    return [path, before === after ? `${quoted(after)} (as before)` : `${quoted(before)} → ${quoted(after)}`];
  });
  const reboot = "In force after a reboot: akuvox-cpe reboot\n";
  return `${table(rows, io.terminal?.columns ?? null)}${applied === "needs-reboot" ? createPaint(hasColor(io)).yellow(reboot) : ""}`;
}

function quoted(value: string): string {
  return value === "" ? '""' : value;
}

import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { BACKEND_CONTRACT } from "../../backends/contract/contract.ts";
import { BrokenPromise } from "../../backends/contract/expect.ts";
import type { ContractPromise } from "../../backends/contract/promise.ts";
import { isAgentError, messageOf } from "../../cwmp/errors.ts";
import { printable } from "../../system/printable.ts";
import { makeTemporaryFolder } from "../../system/temporary-folder.ts";
import { CliExit, type CliIo, EXIT_FAILED, UsageError } from "../io.ts";
import { createLogger } from "../logging.ts";
import { createPaint, hasColor, type Paint } from "../paint.ts";
import { type Bench, type CheckBackendOptions, createBench } from "./bench.ts";

/** Tests every promise of the contract and reports each result. */
export async function checkBackend(module: string | undefined, options: CheckBackendOptions, io: CliIo): Promise<void> {
  const folder = await makeTemporaryFolder("akuvox-cpe-check-");
  const level = options.verbose === true ? "debug" : "warn";
  const log = await createLogger({ level, format: "pretty", destination: { isTTY: false, write: io.writeLog } });
  try {
    const bench = await createBench({ module, options, folder, io, log });
    const broken = await tryAll(bench, promisesWith(options.only ?? ""), io);
    if (broken > 0) throw new CliExit(EXIT_FAILED);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Throws UsageError if none matches: a run without tests must not look successful. */
function promisesWith(text: string): readonly ContractPromise[] {
  const promises = BACKEND_CONTRACT.filter(({ name }) => name.includes(text));
  if (promises.length === 0) throw new UsageError(`no promise has ${text} in its name`);
  return promises;
}

/** The number of broken promises. */
async function tryAll(bench: Bench, promises: readonly ContractPromise[], io: CliIo): Promise<number> {
  const paint = createPaint(hasColor(io));
  const name = basename(bench.module);
  io.stdout(`${printable(`${name}: ${await firstLook(bench)}`)}\n`);
  let broken = 0;
  for (const promise of promises) {
    const problem = await tryOne(bench, promise);
    if (problem !== null) broken += 1;
    io.stdout(problem === null ? `${paint.green("✔")} ${titleOf(promise)}\n` : brokenText(promise, problem, paint));
  }
  const count = promises.length;
  io.stdout(broken === 0 ? `all ${count} promises are kept\n` : `${broken} of ${count} promises are broken\n`);
  return broken;
}

/** Loads it once before the tests. */
async function firstLook(bench: Bench): Promise<string> {
  try {
    return await bench.describe();
  } catch (error) {
    if (isAgentError(error, "BACKEND_IO") || isAgentError(error, "CONFIG")) throw new UsageError(messageOf(error));
    throw error;
  }
}

async function tryOne(bench: Bench, { prove }: ContractPromise): Promise<Problem | null> {
  try {
    await bench.withPhone(prove);
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

function brokenText(promise: ContractPromise, problem: Problem, paint: Paint): string {
  const lines = [
    `expected: ${printable(problem.expected)}`,
    `found:    ${printable(problem.found)}`,
    `to do:    ${promise.advice}`,
  ];
  return `${paint.red("✘")} ${titleOf(promise)}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}

/** Without the requirement number. */
function titleOf({ name }: ContractPromise): string {
  return name.replace(/^C-\d+ /, "");
}

/** The report of a broken promise for its author. */
interface Problem {
  readonly expected: string;
  readonly found: string;
}

function problemOf(error: unknown): Problem {
  if (error instanceof BrokenPromise) return { expected: error.expected, found: error.found };
  const refused = isAgentError(error, "BACKEND_REFUSED");
  return { expected: "no error", found: `${refused ? "it refuses the change: " : ""}${messageOf(error)}` };
}

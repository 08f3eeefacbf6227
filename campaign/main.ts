/** `npm run campaign`: see README.md beside this file. Exit code 0: nothing found; 1: findings; 2: bad options. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../src/cwmp/errors.ts";
import { openAcsPool } from "./acs/acs-pool.ts";
import { type CommandLine, parseCommandLine, USAGE } from "./command-line.ts";
import { compileShim } from "./layers/compile-shim.ts";
import { clocks } from "./parts/clocks.ts";
import { crashStates } from "./parts/crash-states.ts";
import { faults } from "./parts/faults.ts";
import { kills } from "./parts/kills.ts";
import type { Part, PartContext, PlannedTrial } from "./parts/part.ts";
import { proxy } from "./parts/proxy.ts";
import { Summary } from "./report/summary.ts";

/** Each part with its disturbances in the short form and in the long one. */
const PARTS: readonly (readonly [part: Part, short: number, long: number])[] = [
  [kills, 40, 5000],
  [faults, 32, Number.POSITIVE_INFINITY],
  [crashStates, 24, Number.POSITIVE_INFINITY],
  [proxy, 12, Number.POSITIVE_INFINITY],
  [clocks, 12, Number.POSITIVE_INFINITY],
];

let options: CommandLine;
try {
  options = parseCommandLine(process.argv.slice(2));
} catch (error) {
  console.error(`campaign: ${messageOf(error)}\n\n${USAGE}`);
  process.exit(2);
}
process.exitCode = await campaign(options);

async function campaign(line: CommandLine): Promise<number> {
  const main = line.main ?? fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
  if (!existsSync(main)) {
    console.error(`campaign: ${main} is not there: npm run build makes it`);
    return 2;
  }
  const scratch = await mkdtemp(join(tmpdir(), "akuvox-cpe-campaign-"));
  const servers = await openAcsPool();
  const shim = await compileShim(scratch);
  if (shim === null) console.log("campaign: no C compiler: the parts that need one are left out");
  const context: PartContext = { main, scratch, seed: line.seed, servers, shim };
  const summary = new Summary();
  const end = line.seconds === null ? Number.POSITIVE_INFINITY : performance.now() + line.seconds * 1000;
  console.log(`campaign: seed ${line.seed}, ${line.jobs} at a time, backends: ${line.backends.join(", ")}`);
  const chosen = PARTS.filter(([{ name }]) => line.only === null || line.only.split(":")[0] === name);
  for (const [at, [part, short, long]] of chosen.entries()) {
    // Unused time of one part is available to later ones.
    const now = performance.now();
    const share = now + (end - now) / (chosen.length - at);
    // One part of the trials, or one of them, is wanted whole.
    const isSample = line.short && line.only?.includes(":") !== true;
    await runPart(part, isSample ? short : long, { line, context, summary, end: share });
  }
  for (const text of summary.lines()) console.log(`campaign: ${text}`);
  if (line.summary !== null) {
    const { parts, findings } = summary;
    await writeFile(
      line.summary,
      `${JSON.stringify({ seed: line.seed, node: process.version, parts, findings }, null, 2)}\n`,
    );
  }
  await servers.close();
  if (summary.findings.length === 0) await rm(scratch, { recursive: true, force: true });
  return summary.findings.length === 0 ? 0 : 1;
}

interface Run {
  readonly line: CommandLine;
  readonly context: PartContext;
  readonly summary: Summary;
  /** On the monotonic clock, in ms. */
  readonly end: number;
}

async function runPart(part: Part, count: number, { line, context, summary, end }: Run): Promise<void> {
  const { only } = line;
  const wanted = only?.slice(part.name.length + 1) ?? "";
  const plan = { context, backends: line.backends, count: line.count ?? count, only: wanted };
  const planned = await part.trials(plan);
  const chosen = planned.filter(({ id }) => id.startsWith(wanted));
  const worker = async (): Promise<void> => {
    // One at least, however slow the machine is: a part that does nothing proves nothing.
    let isFirst = true;
    for (let trial = chosen.shift(); trial !== undefined; trial = chosen.shift()) {
      if (performance.now() > end && !isFirst) return void chosen.unshift(trial);
      isFirst = false;
      await runTrial(part, trial, { line, context, summary, end });
    }
  };
  await Promise.all(Array.from({ length: line.jobs }, worker));
  if (chosen.length > 0) summary.leftOut(part.name, chosen.length);
}

async function runTrial(part: Part, { id, run }: PlannedTrial, { line, context, summary }: Run): Promise<void> {
  const result = await run(context);
  summary.add(part.name, id, result);
  if (result.findings.length === 0) return;
  console.log(`campaign: FOUND in ${part.name}:${id}, kept in ${result.folder}`);
  for (const message of result.findings) console.log(`  ${message}`);
  const backends = line.backends.map((backend) => ` --backend ${backend}`).join("");
  console.log(`  again: npm run campaign -- --seed ${line.seed} --only ${part.name}:${id}${backends}`);
}

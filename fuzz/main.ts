/** `npm run fuzz`: hostile input to everything that reads. See README.md beside this file. Exit code 1: something was found. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../src/cwmp/errors.ts";
import { createSeededRandom } from "../src/system/seeded-random.ts";
import { hostileInputs } from "./generator.ts";
import { Harm, type OpenTarget, type Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: { short: { type: "boolean", default: false }, count: text, seconds: text, seed: text, only: text },
});
/** In CI: 30 s over all targets. */
const SHORT_SECONDS = 30;
const seed = values.seed ?? (values.short ? "short" : new Date().toISOString());
const targets = TARGETS.filter(({ name }) => values.only === undefined || values.only === name);
const count = Number(values.count ?? "1000000");
const seconds = Number(values.seconds ?? (values.short ? SHORT_SECONDS : Number.POSITIVE_INFINITY)) / targets.length;
/** Heap that may come and go between two measurements. */
const SLACK_BYTES = 8 * 2 ** 20;
/** CPU limit for one input: far above the needs of any on a slow machine. */
const MAX_CPU_MS = 10_000;
const WARM_UP = 500;
const FINDINGS = "fuzz-findings";

console.log(`fuzz: seed ${seed}${values.short ? "" : `, ${count} inputs each`}`);
let found = 0;
for (const target of targets) found += await fuzz(target);
process.exitCode = found === 0 ? 0 : 1;

/** @returns how many findings */
async function fuzz(target: Target): Promise<number> {
  const open = await target.open();
  const inputs = hostileInputs(target, createSeededRandom(`${seed}/${target.name}`));
  const begin = performance.now();
  let findings = 0;
  let taken = 0;
  let heapBefore = 0;
  let slowestMs = 0;
  for (const input of inputs) {
    if (taken === WARM_UP) heapBefore = heapBytes();
    const { failure, cpuMs, culprit } = await take(open, input);
    slowestMs = Math.max(slowestMs, cpuMs);
    if (failure !== null) findings += report(target, culprit, failure);
    taken += 1;
    if (taken >= count || findings >= 10 || performance.now() - begin > seconds * 1000) break;
  }
  const grown = heapBytes() - heapBefore;
  if (taken > WARM_UP && grown > SLACK_BYTES + (target.heldBytes ?? 0))
    findings += report(target, null, `the heap has grown by ${grown} bytes`);
  await open.close().catch((error: unknown) => {
    findings += report(target, null, messageOf(error));
  });
  const rate = Math.round(taken / ((performance.now() - begin) / 1000));
  const heap = taken > WARM_UP ? `heap ${(grown / 2 ** 20).toFixed(1)} MiB more` : "too few to measure the heap";
  const facts = `${taken} inputs, ${rate} a second, slowest ${Math.round(slowestMs)} ms of CPU, ${heap}`;
  console.log(`fuzz: ${target.name}: ${facts}, findings: ${findings}`);
  return findings;
}

interface Taken {
  readonly failure: string | null;
  readonly cpuMs: number;
  readonly culprit: Buffer;
}

async function take(open: OpenTarget, input: Buffer): Promise<Taken> {
  const before = process.cpuUsage();
  let failure: string | null = null;
  let culprit = input;
  try {
    await open.take(input);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (error instanceof Harm) culprit = error.input;
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  if (failure === null && cpuMs > MAX_CPU_MS) failure = `it takes ${cpuMs} ms of CPU`;
  return { failure, cpuMs, culprit };
}

function report({ name }: Target, input: Buffer | null, failure: string): number {
  console.log(`fuzz: FOUND in ${name}: ${failure}`);
  if (input !== null) {
    mkdirSync(join(FINDINGS, name), { recursive: true });
    const file = join(FINDINGS, name, `${createHash("sha256").update(input).digest("hex").slice(0, 12)}.bin`);
    writeFileSync(file, input);
    console.log(`  its input is ${file}: once mended, it belongs in test/fixtures/fuzz/${name}`);
  }
  return 1;
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

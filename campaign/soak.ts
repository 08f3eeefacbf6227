/**
 * `npm run soak -- [SESSIONS] [FOLDER]`: so many sessions (20,000) of one phone of the built product, with AddObject,
 * DeleteObject and SetParameterValues among them. Heap (after a collection), RSS, descriptors and handles are written to
 * soak.csv in the folder, and drawn to soak-memory.svg and soak-handles.svg. Exit code 1 where the heap or a count has grown.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAcsPool } from "./acs/acs-pool.ts";
import { fixedOperations } from "./oracle/random-operations.ts";
import { plot } from "./report/plot.ts";
import { sleep, Trial } from "./trial.ts";

interface Sample {
  readonly session: number;
  readonly heapUsed: number;
  readonly rss: number;
  readonly descriptors: number;
  readonly handles: number;
}

const SESSIONS = Number(process.argv[2] ?? "20000");
const FOLDER = process.argv[3] ?? ".";
const SAMPLES = 100;
/** Heap after the first tenth and at the end: what may lie between. */
const SLACK_BYTES = 1.5 * 2 ** 20;
const MIB = 2 ** 20;
const KINDS = ["delete", "add", "set"] as const;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "akuvox-cpe-soak-"));
const probe = join(scratch, "probe");
const servers = await openAcsPool();
const acs = await servers.take(false);
const main = here("../dist/cli/main.js");
const trial = await Trial.open({ main, folder: join(scratch, "phone"), backend: "simulated", acs });
const samples: Sample[] = [];
try {
  const phone = trial.start({
    nodeArguments: ["--expose-gc", "--import", here("layers/probe.mjs")],
    environment: { CAMPAIGN_PROBE: probe },
  });
  const every = Math.max(1, Math.floor(SESSIONS / SAMPLES));
  const operations = fixedOperations(
    trial,
    Array.from({ length: SESSIONS }, (_, at) => KINDS[at % KINDS.length] ?? "set"),
  );
  for (let session = 1; session <= SESSIONS && phone.ended === null; session++) {
    let isFirst = true;
    trial.operations = () => {
      if (!isFirst) return null;
      isFirst = false;
      return operations();
    };
    if (session > 1) await phone.inform();
    await trial.until(() => trial.sessions >= session && trial.isIdle);
    if (session === 1 || session % every === 0) samples.push({ session, ...(await measure(samples.length + 1)) });
  }
  if (phone.ended !== null) trial.ledger.findings.push(`the phone has ended: ${JSON.stringify(phone.ended)}`);
} finally {
  await trial.close(false);
  await servers.close();
}
await writeFile(join(FOLDER, "soak.csv"), csv());
await writeFile(join(FOLDER, "soak-memory.svg"), memoryPlot());
await writeFile(join(FOLDER, "soak-handles.svg"), handlesPlot());
await rm(scratch, { recursive: true, force: true });
process.exitCode = judge();

async function measure(lines: number): Promise<Omit<Sample, "session">> {
  process.kill(trial.phone?.pid ?? 0, "SIGUSR2");
  for (;;) {
    const text = existsSync(probe) ? await readFile(probe, "utf8") : "";
    const all = text.split("\n").filter(Boolean);
    if (all.length >= lines) return JSON.parse(all[lines - 1] ?? "{}") as Omit<Sample, "session">;
    await sleep(10);
  }
}

function csv(): string {
  const lines = samples.map(({ session, heapUsed, rss, descriptors, handles }) =>
    [session, heapUsed, rss, descriptors, handles].join(","),
  );
  return `${["session,heapUsed,rss,descriptors,handles", ...lines].join("\n")}\n`;
}

function memoryPlot(): string {
  const sessions = samples.map(({ session }) => session);
  return plot(`Memory over ${SESSIONS} sessions`, "MiB", sessions, [
    { name: "RSS", color: "#b35900", values: samples.map(({ rss }) => rss / MIB) },
    { name: "heap in use", color: "#0059b3", values: samples.map(({ heapUsed }) => heapUsed / MIB) },
  ]);
}

function handlesPlot(): string {
  const sessions = samples.map(({ session }) => session);
  return plot(`Handles over ${SESSIONS} sessions`, "count", sessions, [
    { name: "descriptors", color: "#b35900", values: samples.map(({ descriptors }) => descriptors) },
    { name: "handles", color: "#0059b3", values: samples.map(({ handles }) => handles) },
  ]);
}

function judge(): number {
  const early = samples[Math.floor(samples.length / 10)];
  const end = samples.at(-1);
  if (early === undefined || end === undefined) return 1;
  const describe = ({ session, heapUsed, rss, descriptors, handles }: Sample): string =>
    `session ${session}: heap ${(heapUsed / MIB).toFixed(1)} MiB, RSS ${(rss / MIB).toFixed(1)} MiB, ${descriptors} descriptors, ${handles} handles`;
  console.log(`soak: ${describe(early)}\nsoak: ${describe(end)}`);
  for (const finding of trial.ledger.findings) console.log(`soak: FOUND: ${finding}`);
  const hasGrown = end.heapUsed - early.heapUsed > SLACK_BYTES || end.descriptors - early.descriptors > 5;
  if (hasGrown) console.log("soak: FOUND: memory or descriptors have grown");
  return hasGrown || trial.ledger.findings.length > 0 ? 1 : 0;
}

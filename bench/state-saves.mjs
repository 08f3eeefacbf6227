/**
 * Measures the cost of a fleet's durable state (`fleet --state-dir`): each of many phones saves a document of 600
 * bytes, all at once, as often as --rounds says; then the folder is opened again, and each reads it. Bundled as the
 * program is.
 *
 *   node bench/state-saves.mjs [--phones 10000] [--rounds 5] [--folder DIR] [--root DIR]
 *
 * The folder, a temporary one unless given, chooses the disk; --root is a worktree of another version.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadSources } from "./load-sources.mjs";

const { values } = parseArgs({
  options: {
    phones: { type: "string", default: "10000" },
    rounds: { type: "string", default: "5" },
    folder: { type: "string", default: tmpdir() },
    root: { type: "string", default: join(import.meta.dirname, "..") },
  },
});
const { openPhonesStore } = await loadSources(resolve(values.root), {
  "storage/phones/phones-store.ts": ["openPhonesStore"],
});

const SILENT = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };
const phones = Array.from({ length: Number(values.phones) }, (_, at) => `0C1105-SP-R53P-${at}`);
const document = { name: "lifecycle", version: 1, empty: () => null, parse: (raw) => raw };
const folder = mkdtempSync(join(values.folder, "akuvox-cpe-saves-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

async function timed(name, run) {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await run();
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = Math.round((phones.length / ms) * 1000).toLocaleString("en-US");
  console.log(`${name}: ${perSecond} a second, ${((user + system) / phones.length).toFixed(0)} µs CPU each`);
}

const store = await openPhonesStore({ folder, log: SILENT });
const states = phones.map((id) => store.phone(id).state);
for (let round = 1; round <= Number(values.rounds); round++)
  await timed(`saves, round ${round}`, () =>
    Promise.all(states.map((state) => state.save(document, { round, text: "x".repeat(560) }))),
  );
await store.close();
const bytes = statSync(join(folder, "phones.state")).size;
console.log(`${(bytes / 2 ** 20).toFixed(1)} MiB`);
let again;
await timed("opened anew, phones", async () => {
  again = await openPhonesStore({ folder, log: SILENT });
});
await timed("loads", () => Promise.all(phones.map((id) => again.phone(id).state.load(document))));
await again.close();

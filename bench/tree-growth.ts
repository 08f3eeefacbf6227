/**
 * How the cost of RPCs grows with the tree: `node --import tsx --conditions=akuvox-cpe-source bench/tree-growth.ts`. A clone of so many
 * parameters, in tables of a hundred rows of ten; processor time of the process, the median of rounds, in milliseconds.
 */
import { parseArgs } from "node:util";
import { createMemorySettings } from "../src/backends/settings/memory-settings.ts";
import { createSimulatedBackend } from "../src/backends/simulated/simulated-backend.ts";
import { compileClone } from "../src/clone/clone.ts";
import { openDataModel } from "../src/config/open-data-model.ts";
import { factorySettings } from "../src/model/factory.ts";
import { createLayouts } from "../src/parameters/layouts.ts";
import { openParameterTree } from "../src/parameters/tree.ts";
import { createMemoryStateStore } from "../src/storage/memory-state-store.ts";
import { createSystemClock } from "../src/system/clock.ts";
import { createScheduler } from "../src/system/scheduler.ts";
import { createSystemRandom } from "../src/system/system-random.ts";

const { values } = parseArgs({
  options: { sizes: { type: "string", default: "1000,10000,100000" }, rounds: { type: "string", default: "9" } },
});
const sizes = values.sizes.split(",").map(Number);
const rounds = Number(values.rounds);
const NO_LOG = { debug() {}, info() {}, warn() {}, error() {}, child: () => NO_LOG, isEnabled: () => false };
const ROWS = 100;
const COLUMNS = 10;

function dumpOf(size: number): string {
  const row = Object.fromEntries(
    Array.from({ length: COLUMNS }, (_, at) => [`P${at}`, { _value: at, _type: "xsd:unsignedInt", _writable: true }]),
  );
  const table = Object.fromEntries(
    Array.from({ length: ROWS }, (_, at) => [at + 1, { _object: true, _writable: true, ...row }]),
  );
  const tables = Array.from({ length: Math.ceil(size / ROWS / COLUMNS) }, (_, at) => [
    `T${at}`,
    { _object: true, Row: { _object: true, _writable: true, ...table } },
  ]);
  return JSON.stringify({ _id: "1", Device: { _object: true, ...Object.fromEntries(tables) } });
}

async function treeOf(size: number) {
  const { model } = compileClone("dump.json", dumpOf(size), await openDataModel(null, []));
  const layouts = createLayouts(model, { accounts: 1, accountsFixed: false });
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, () => {});
  const lan = { ipAddress: "", subnetMask: "", defaultGateway: "", primaryDns: "", secondaryDns: "", macAddress: "" };
  const backend = createSimulatedBackend({
    ...{ clock, scheduler, lan, rebootMs: 0, accounts: 1, softwareVersion: "1", hardwareVersion: "1" },
    settings: createMemorySettings({ factory: factorySettings(model, 1) }),
    restartKeys: new Set(),
    random: createSystemRandom(),
  });
  const state = createMemoryStateStore();
  return openParameterTree({ layouts, backend, state, scheduler, agentValues: () => "", log: NO_LOG });
}

type Tree = Awaited<ReturnType<typeof treeOf>>;

async function cpuOf(work: (round: number) => unknown, times: number): Promise<number> {
  const costs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let at = 0; at < times; at++) await work(round * times + at);
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000 / times);
  }
  return costs.toSorted((one, other) => one - other)[rounds >> 1] ?? 0;
}

const set = (tree: Tree) => (round: number) =>
  tree.setValues([{ path: "Device.T0.Row.7.P3", value: String(round), type: null }], null, "acs");

const trees = new Map<number, Tree>();
for (const size of sizes) trees.set(size, await treeOf(size));
for (const tree of trees.values()) {
  await tree.read(tree.find(""));
  await set(tree)(1_000_000);
}
const show = (what: string, costs: readonly number[]): void =>
  console.log(`| ${what} | ${costs.map((cost) => cost.toPrecision(3)).join(" | ")} |`);
const each = async (what: string, work: (tree: Tree) => (round: number) => unknown, times: number) => {
  const costs: number[] = [];
  for (const tree of trees.values()) costs.push(await cpuOf(work(tree), times));
  show(what, costs);
};

console.log(`| CPU, ms | ${sizes.map((size) => `${size} parameters`).join(" | ")} |`);
await each("GetParameterValues of all", (tree) => () => tree.read(tree.find("Device.")), 1);
await each("GetParameterValues of one", (tree) => () => tree.read(tree.find("Device.T0.Row.7.P3")), 200);
await each("SetParameterValues of one", set, 100);
await each("AddObject", (tree) => () => tree.addObject("Device.T0.Row.", ""), 10);
await each("DeleteObject", (tree) => (round) => tree.deleteObject(`Device.T0.Row.${ROWS + 1 + round}.`, ""), 10);
for (const tree of trees.values()) await tree.close();

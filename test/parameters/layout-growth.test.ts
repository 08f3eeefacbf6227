/** A layout that is made from another one is the one that is made from nothing, and shares with it what is the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import type { DataModel } from "../../src/model/types.ts";
import { factoryRows } from "../../src/parameters/factory-rows.ts";
import { createLayout, type Layout, type TableRow, type TableRows } from "../../src/parameters/layout.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { cloneOf, genieAcs, parameter } from "../helpers/clone.ts";

const OPTIONS = { creatable: true } as const;
const STEPS = 60;

/** Hosts with addresses, each a table in a table, and counts of both. */
async function clonedModel(): Promise<DataModel> {
  const address = { _object: true, _writable: true, IP: parameter("192.0.2.1") };
  const host = (name: string) => ({
    ...{
      _object: true,
      _writable: true,
      Name: parameter(name),
      AddressNumberOfEntries: parameter(1, "xsd:unsignedInt"),
    },
    Address: { _object: true, _writable: true, 1: address, 4: address },
  });
  const hosts = { _object: true, _writable: true, 1: host("a"), 2: host("b"), 7: host("c") };
  const dump = { Hosts: { _object: true, HostNumberOfEntries: parameter(3, "xsd:unsignedInt"), Host: hosts } };
  return (await cloneOf(genieAcs({ ...dump, Other: parameter("x") }))).model;
}

function facts(layout: Layout) {
  const tables = layout.names("", false).map(({ name }) => {
    const table = layout.table(name);
    return [name, table?.canonical, table?.creatable, table && layout.rowCount(name), layout.hasRow(name)];
  });
  const keys = [...new Set(layout.refs.flatMap(({ configKeys, liveKey }) => [...configKeys, liveKey ?? ""]))];
  return {
    refs: layout.refs,
    size: layout.size,
    names: layout.names("", false).map(({ name, writable }) => [name, writable]),
    tables,
    forced: [layout.forcedInform, layout.forcedNotification],
    byKey: keys.map((key) => [key, layout.byKey(key).map(({ path }) => path)]),
    counters: tables.map(([name]) => layout.countersOf(String(name)).map(({ path }) => path)),
    paths: layout.refs.map(({ canonical }) => layout.pathsOf(canonical)),
    found: layout.refs.map(({ path }) => layout.get(path)?.path),
  };
}

/** Adds a row to a table, or takes one away, with all that is below. */
function changed(layout: Layout, between: (low: number, high: number) => number, instance: number): TableRows {
  const tables = layout.names("", false).flatMap(({ name }) => {
    const table = layout.table(name);
    return table?.creatable === true && table.path === table.canonical ? [table.canonical] : [];
  });
  const table = tables[Math.floor(between(0, tables.length))] ?? "";
  const rows = new Map(layout.rows);
  const now: readonly TableRow[] = rows.get(table) ?? [];
  if (between(0, 1) < 0.6 || now.length === 0) {
    const slots = new Set(now.map(({ slot }) => slot));
    const slot = Array.from({ length: 300 }, (_, at) => at + 1).find((free) => !slots.has(free)) ?? 1;
    return rows.set(table, [...now, { instance, slot }]);
  }
  const gone = now[Math.floor(between(0, now.length))];
  for (const other of [...rows.keys()]) if (other.startsWith(`${table}${gone?.instance}.`)) rows.delete(other);
  return rows.set(
    table,
    now.filter((row) => row !== gone),
  );
}

const MODELS: readonly (readonly [name: string, model: () => Promise<DataModel>])[] = [
  ["a clone", clonedModel],
  ["the phone", async () => loadDataModel(defaultDataModelFolder(), ["voiceServiceAlias", "xmpp"])],
];

for (const [name, open] of MODELS)
  test(`rows that come and go at random make the layout of ${name} that would be made anew`, async () => {
    const model = await open();
    const { between } = createSeededRandom(name);
    let layout = createLayout(model, factoryRows(model, 3), OPTIONS);
    for (let step = 0; step < STEPS; step++) {
      // An index that has been asked is taken over, one that has not is made later.
      if (step % 3 === 0) layout.byKey("Config.X.Y.Z");
      const rows = changed(layout, between, 100 + step);
      layout = createLayout(model, rows, { ...OPTIONS, known: layout });
      assert.deepEqual(facts(layout), facts(createLayout(model, rows, OPTIONS)), String(step));
    }
  });

test("a row that is added makes its own parameters and nothing else, and leaves the layout of other phones as it is", async () => {
  const model = await clonedModel();
  const factory = createLayout(model, factoryRows(model, 1), OPTIONS);
  const before = facts(factory);
  const hosts = "Device.Hosts.Host.";
  const rows = new Map(factory.rows).set(hosts, [...(factory.rows.get(hosts) ?? []), { instance: 8, slot: 4 }]);
  const after = createLayout(model, rows, { ...OPTIONS, known: factory });
  const made = after.refs.filter((ref) => factory.get(ref.path) !== ref).map(({ path }) => path);
  assert.deepEqual(made, [`${hosts}8.Name`, `${hosts}8.AddressNumberOfEntries`]);
  assert.deepEqual(facts(factory), before);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Registry } from "prom-client";
import { createGroupMetrics } from "../../src/metrics/group-gauges.ts";
import { testMetricSet } from "../helpers/samples.ts";

const { registry } = testMetricSet();
const fleet = createGroupMetrics({ version: "1.2.3", groups: () => [], connectionRequests: () => ({}) });

interface Known {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

async function knownMetrics(of: Registry = registry): Promise<readonly Known[]> {
  const shown = await of.getMetricsAsJSON();
  const labelsOf = (name: string): readonly string[] =>
    (of.getSingleMetric(name) as unknown as { readonly labelNames: readonly string[] }).labelNames;
  return shown.map(({ name, type }) => ({ name, type: String(type), labels: labelsOf(name) }));
}

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

/** Names that series have in a query. */
function seriesOf({ name, type }: Known): readonly string[] {
  return type === "histogram" ? ["_bucket", "_sum", "_count"].map((ending) => name + ending) : [name];
}

function metricNames(expression: string): readonly string[] {
  const bare = expression.replace(/"[^"]*"/g, '""').replace(/\{[^}]*\}|by \([^)]*\)|\[[^\]]*\]/g, " ");
  return [...bare.matchAll(/[a-z_:][a-z0-9_:]*(?!\w|\s*\()/gi)].map(([name]) => name).filter((name) => /_/.test(name));
}

function labelNames(expression: string): readonly string[] {
  const bare = expression.replace(/"[^"]*"/g, "");
  const matched = [...bare.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, name]) => name ?? "");
  const grouped = [...bare.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list?.split(/,\s*/) ?? []);
  return [...matched, ...grouped];
}

/** What Prometheus adds. */
const OUTSIDE_LABELS = ["instance", "le"];

/** Each side of an operator for itself. */
async function assertKnown(expression: string): Promise<void> {
  const known = await knownMetrics();
  const parts = expression.split(/ (?:and|or|\/) (?:on \(instance\) )?/).filter((part) => part !== "vector(0)");
  for (const part of parts) assertKnownPart(part, known);
}

function assertKnownPart(expression: string, known: readonly Known[]): void {
  const names = metricNames(expression);
  assert.ok(names.length > 0, `no metric in ${expression}`);
  const metrics = names.map(
    (name) =>
      known.find((metric) => seriesOf(metric).includes(name)) ?? assert.fail(`no metric ${name}: ${expression}`),
  );
  for (const label of labelNames(expression)) {
    const has = metrics.every(({ labels }) => [...OUTSIDE_LABELS, ...labels].includes(label));
    assert.ok(has, `no label ${label}: ${expression}`);
  }
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const dashboard = JSON.parse(read("deploy/grafana/akuvox-cpe.json")) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};

test("every query of the dashboard asks for metrics and labels that exist", async () => {
  const queries = dashboard.panels.flatMap(({ targets = [] }) => targets);
  assert.ok(queries.length > 20);
  for (const { expr } of [...queries, ...dashboard.annotations.list]) await assertKnown(expr);
  for (const { expr, legendFormat } of queries) {
    for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      assert.ok(label === "instance" || labelNames(expr).includes(label), `${legendFormat}: ${expr}`);
    }
  }
  for (const { definition } of dashboard.templating.list) {
    const [, metric = ""] = /^label_values\((\w+),/.exec(definition ?? "") ?? [];
    if (definition !== undefined) assert.ok(registry.getSingleMetric(metric), definition);
  }
});

test("the dashboard shows every metric of ours", async () => {
  const text = JSON.stringify(dashboard);
  const missing = (await knownMetrics()).filter(({ name }) => name.startsWith("akuvox_cpe_") && !text.includes(name));
  assert.deepEqual(
    missing.map(({ name }) => name),
    ["akuvox_cpe_events_delivered_total"],
    "the trigger of the sessions says it better",
  );
});

test("the dashboard's panels have their own numbers, a place and a word of explanation, and none covers another", () => {
  const { panels } = dashboard;
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Set<string>();
  for (const { type, description = "", gridPos } of panels) {
    assert.ok(type === "row" || description !== "");
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24 && !taken.has(`${x}.${y}`), `${x}.${y}`);
        taken.add(`${x}.${y}`);
      }
    }
  }
});

test("a query for a metric or a label that does not exist is found", async () => {
  await assert.rejects(assertKnown("sum(akuvox_cpe_session_total)"), /no metric akuvox_cpe_session_total/);
  await assert.rejects(assertKnown("akuvox_cpe_rpc_duration_seconds"), /no metric/);
  await assert.rejects(assertKnown('akuvox_cpe_sessions_total{result="x"}'), /no label result/);
  await assert.rejects(assertKnown("sum by (device) (akuvox_cpe_sessions_total)"), /no label device/);
});

test("docs/metrics.md lists every metric of ours with its type and labels, and no other; its alerts use them", async () => {
  const text = read("docs/metrics.md");
  const rows = [...text.matchAll(/^\| `(akuvox_cpe_\w+)` \| (\w+) \|(.*?)\| .+ \|$/gm)];
  const documented = rows.map(([, name = "", type = "", labels = ""]) => ({
    name,
    type,
    labels: [...labels.matchAll(/\w+/g)].map(([label]) => label),
  }));
  const sorted = (list: readonly Known[]) => list.toSorted((one, other) => one.name.localeCompare(other.name));
  const ofFleet = (await knownMetrics(fleet.registry)).filter(({ name }) => name !== "akuvox_cpe_build_info");
  const ours = [...(await knownMetrics()), ...ofFleet].filter(({ name }) => name.startsWith("akuvox_cpe_"));
  assert.deepEqual(
    sorted(documented),
    sorted(ours.map(({ name, type, labels }) => ({ name, type, labels: [...labels] }))),
  );
  for (const [, expression = ""] of text.matchAll(/^ +expr: (.*)$/gm)) await assertKnown(expression);
});

test("names follow the conventions: a counter ends with _total, a time is in seconds", async () => {
  for (const { name, type } of [...(await knownMetrics()), ...(await knownMetrics(fleet.registry))]) {
    if (!name.startsWith("akuvox_cpe_")) continue;
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.ok(!/_ms$|_milliseconds|_minutes/.test(name), name);
    if (type !== "histogram") assert.doesNotMatch(name, /_(?:count|sum|bucket)$/);
    else assert.match(name, /_seconds$/);
  }
});

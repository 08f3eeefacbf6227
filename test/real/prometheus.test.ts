import assert from "node:assert/strict";
import { test } from "node:test";
import { startBusyPhones } from "../helpers/busy-phones.ts";
import { dashboardPanels } from "../helpers/dashboard.ts";
import { startPrometheus } from "../helpers/prometheus.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** Counts what an ACS refuses, and this one refuses nothing. */
const REFUSED_BY_THE_ACS = /akuvox_cpe_acs_faults_total/;

test("a real Prometheus answers every query of the dashboard, with what three busy phones have done", async (t) => {
  const folder = await temporaryFolder(t);
  const phones = await startBusyPhones(folder);
  t.after(() => phones.close());
  const prometheus = await startPrometheus(folder, phones.targets);
  t.after(() => prometheus.close());
  const from = Date.now() / 1000;
  let open = dashboardPanels().flatMap(({ title, queries }) =>
    queries.map(({ expression }) => ({ title, expression })),
  );
  assert.ok(open.length > 20);
  while (open.some(({ expression }) => !REFUSED_BY_THE_ACS.test(expression))) {
    await phones.round();
    const answers = await Promise.all(
      open.map(async (query) => ({ query, series: await prometheus.query(query.expression, from, Date.now() / 1000) })),
    );
    open = answers.filter(({ series }) => !series.some(({ points }) => points.length > 0)).map(({ query }) => query);
    t.diagnostic(`${open.length} queries without an answer: ${open.map(({ title }) => title).join(", ")}`);
  }
});

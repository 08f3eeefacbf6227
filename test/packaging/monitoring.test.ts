/** The profile `monitoring` of compose.yaml: what is mounted is there, and each part asks the other where it is. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load-config.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const readYaml = (path: string): unknown => parse(readFileSync(join(ROOT, path), "utf8"), { merge: true });

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

const { services, volumes } = readYaml("compose.yaml") as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const monitors = Object.entries(services).filter(([, { profiles = [] }]) => profiles.includes("monitoring"));

/** What of this repository stands where in a service's container. */
function mounts({ volumes: list = [] }: Service): ReadonlyMap<string, string> {
  return new Map(list.map((line) => line.split(":")).map(([from = "", to = ""]) => [to, from]));
}

test("Prometheus and Grafana come with the profile alone, with a release named, and are open to this machine only", () => {
  assert.deepEqual(monitors.map(([name]) => name).sort(), ["grafana", "prometheus"]);
  for (const [name, { image, ports = [] }] of monitors) {
    assert.match(image, /:v?\d+\.\d+\.\d+$/, name);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/, name);
  }
});

test("what is mounted is in the repository, read-only, or a volume", () => {
  for (const [name, { volumes: list = [] }] of Object.entries(services)) {
    for (const [from = "", , mode] of list.map((line) => line.split(":"))) {
      if (!from.startsWith("./")) assert.ok(Object.hasOwn(volumes, from), `${name}: ${from}`);
      else assert.ok(existsSync(join(ROOT, from)) && mode === "ro", `${name}: ${from}`);
    }
  }
});

test("Prometheus asks each phone, where that phone serves its figures", () => {
  const { scrape_configs: scrapes } = readYaml("deploy/prometheus/prometheus.yaml") as {
    readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[];
  };
  const targets = scrapes.flatMap(({ static_configs: groups }) => groups.flatMap((group) => group.targets));
  const phones = Object.entries(services).filter(([, { environment = {} }]) => "AKUVOX_CPE_ACS_URL" in environment);
  assert.equal(phones.length, 3);
  const served = phones.map(([name, { environment = {} }]) => {
    const { metrics } = loadConfig(null, { ...environment, AKUVOX_CPE_ACS_PASSWORD: "x" });
    assert.ok(metrics.enable && metrics.address === "0.0.0.0", name);
    return `${name}:${metrics.port}`;
  });
  assert.deepEqual([...targets].sort(), served.sort());
  assert.equal(
    mounts(services.prometheus as Service).get("/etc/prometheus/prometheus.yml"),
    "./deploy/prometheus/prometheus.yaml",
  );
});

test("Grafana finds Prometheus and the dashboard where they are mounted", () => {
  const mounted = mounts(services.grafana as Service);
  assert.equal(mounted.get("/etc/grafana/provisioning"), "./deploy/grafana/provisioning");
  const { datasources } = readYaml("deploy/grafana/provisioning/datasources/prometheus.yaml") as {
    readonly datasources: readonly { readonly type: string; readonly url: string }[];
  };
  assert.deepEqual(
    datasources.map(({ type, url }) => [type, url]),
    [["prometheus", "http://prometheus:9090"]],
  );
  const { providers } = readYaml("deploy/grafana/provisioning/dashboards/akuvox-cpe.yaml") as {
    readonly providers: readonly { readonly options: { readonly path: string } }[];
  };
  const [path] = providers.map(({ options }) => options.path);
  assert.equal(mounted.get(`${path}/akuvox-cpe.json`), "./deploy/grafana/akuvox-cpe.json");
});

/** deploy/kubernetes and deploy/compose: right by their schemas, at one with each other and with the program, and locked down. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { loadFleet } from "../../src/config/fleet/load-fleet.ts";
import { runCommand } from "../helpers/commands.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

// On one Node only: the manifests do not depend on Node.

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const KUBERNETES = join(ROOT, "deploy/kubernetes");
const COMPOSE = join(ROOT, "deploy/compose");
const readText = (path: string): string => readFileSync(path, "utf8");

const checkSchemas = (...files: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, "scripts/kubernetes-schemas.mjs"), ...files], { encoding: "utf8" });

interface Job {
  readonly spec: {
    readonly completions: number;
    readonly parallelism: number;
    readonly completionMode: string;
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value: string }[];
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
        }[];
      };
    };
  };
}

const { spec: job } = parse(readText(join(KUBERNETES, "job.yaml"))) as Job;
const [container = assert.fail("a container")] = job.template.spec.containers;

test("the manifests are right by the schemas of Kubernetes, and mistakes in them are found", async (t) => {
  const manifests = [join(KUBERNETES, "job.yaml"), join(KUBERNETES, "results-volume/volume-claim.yaml")];
  const { status, stderr } = checkSchemas(...manifests);
  assert.deepEqual([status, stderr], [0, ""]);
  const broken = join(await temporaryFolder(t), "job.yaml");
  const text = readText(join(KUBERNETES, "job.yaml"));
  for (const [change, message] of [
    [text.replace("backoffLimitPerIndex", "backofLimitPerIndex"), /backofLimitPerIndex.*does not exist/],
    [text.replace("completions: 4", 'completions: "4"'), /data\/spec\/completions must be integer/],
    [text.replace("completionMode: Indexed", "completionMode: Counted"), /completionMode must be equal to one of/],
    [text.replace("kind: Job", "kind: Jobs"), /there is no Jobs in batch\/v1/],
  ] as const) {
    await writeFile(broken, change);
    const found = checkSchemas(broken);
    assert.equal(found.status, 1);
    assert.match(found.stderr, message);
  }
});

test("every pod is a part of the fleet by its index, each part is run, and the command line is one that the program takes", async () => {
  const { completions, parallelism, completionMode } = job;
  assert.deepEqual([completionMode, parallelism], ["Indexed", completions]);
  const file = join(KUBERNETES, "fleet.yaml");
  const args = container.args.map((arg) => (arg === "/etc/akuvox-cpe-fleet/fleet.yaml" ? file : arg));
  assert.deepEqual(args, ["fleet", file, "--shards", String(completions), "--json"]);
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  const checked = args.map((arg) => (arg === "--json" ? "--check" : arg));
  const { exitCode, stdout } = await runCommand(checked, { ...imageVariables(), ...env });
  assert.deepEqual([exitCode, stdout], [0, `${file}: no mistakes, 10000 phones\n`]);
  const { config, durationSeconds } = loadFleet(file, env);
  assert.ok(durationSeconds !== null, "a part that does not end by itself prints no result before its pod is deleted");
  const { metrics } = config;
  assert.deepEqual([metrics.enable, metrics.address], [true, "0.0.0.0"]);
  assert.equal(job.template.metadata.annotations["prometheus.io/port"], String(metrics.port));
});

test("a pod runs as nobody special: no token, no root, no capability, nothing to write but /tmp", () => {
  const text = readText(join(KUBERNETES, "job.yaml"));
  for (const line of [
    "automountServiceAccountToken: false",
    "runAsNonRoot: true",
    "allowPrivilegeEscalation: false",
    "readOnlyRootFilesystem: true",
    "capabilities: { drop: [ALL] }",
    "seccompProfile: { type: RuntimeDefault }",
  ])
    assert.ok(text.includes(line), line);
  const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
  assert.deepEqual(mounts, ["/etc/akuvox-cpe-fleet", "/tmp"]);
  assert.match(readText(join(ROOT, "Dockerfile")), /^USER node$/m);
});

const KUBECTL = spawnSync("kubectl", ["version", "--client"], { encoding: "utf8" }).status === 0;

test("the base and the component build, and their patches land where they should", { skip: !KUBECTL }, async (t) => {
  const folder = await temporaryFolder(t);
  const overlay = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: ["base"],
    components: ["base/results-volume"],
  };
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
  spawnSync("cp", ["-R", KUBERNETES, join(folder, "base")]);
  const { status, stdout, stderr } = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /- --json\n +- --results\n +- \/results\n/);
  assert.match(stdout, /name: fleet-[a-z0-9]{10}\n/, "the settings have a name by their content");
  const file = join(folder, "built.yaml");
  await writeFile(file, stdout);
  const checked = checkSchemas(file);
  assert.deepEqual([checked.status, checked.stderr], [0, ""]);
});

interface Service {
  readonly command: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
}

test("replicas of Compose share a folder of results in which each finds its part, and the report reads the same", async () => {
  const text = readText(join(COMPOSE, "compose.yaml"));
  const filled = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, _name: string, fallback: string) => fallback);
  const { services, volumes } = parse(filled) as {
    readonly services: Readonly<Record<"acs" | "fleet" | "report", Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  for (const { read_only, cap_drop } of Object.values(services))
    assert.deepEqual([read_only, cap_drop], [true, ["ALL"]]);
  const [, , ...options] = services.fleet.command;
  assert.deepEqual(options, ["--shards", "3", "--results", "/var/lib/akuvox-cpe/results"]);
  assert.deepEqual(services.report.command, ["report", "merge", "/var/lib/akuvox-cpe/results"]);
  for (const { volumes: list = [] } of [services.fleet, services.report])
    assert.ok(list.includes("results:/var/lib/akuvox-cpe") && Object.hasOwn(volumes, "results"));
  assert.ok(existsSync(join(COMPOSE, "fleet.yaml")));
  const env = { ...imageVariables(), ...services.fleet.environment };
  const { exitCode, stdout } = await runCommand(["fleet", join(COMPOSE, "fleet.yaml"), "--check"], env);
  assert.equal(exitCode, 0, stdout);
  const { groups } = loadFleet(join(COMPOSE, "fleet.yaml"), env);
  assert.equal(groups[0]?.config.tr069.acs.password, "change-me");
  assert.equal(services.acs.command.at(-1), "fleet:change-me", "the login of the ACS");
});

/** What the image sets for a single phone is there for a fleet too. */
function imageVariables(): Readonly<Record<string, string>> {
  const lines = readText(join(ROOT, "Dockerfile")).matchAll(/^(?:ENV)? +(\w+)=(\S+)/gm);
  const variables = Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value]));
  assert.ok(Object.hasOwn(variables, "AKUVOX_CPE_PHONE_FILE"));
  return variables;
}

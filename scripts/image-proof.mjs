/**
 * Runs the image as in docs/docker.md, and checks it from outside. Called by .ci/image in a network namespace of its
 * own: IMAGE_ROOT is the mounted image, WORK a folder, the argument the image's configuration.
 */
import assert from "node:assert/strict";
import { chownSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { openAcs } from "./image/acs.mjs";
import { HOST, image, network, run, STATE, UID, until, volume } from "./image/engine.mjs";

const { WORK } = process.env;
const STOP_LIMIT_MS = 5000;
const CHECK = image.Healthcheck.Test.slice(1);
const CHECK_LIMIT_MS = image.Healthcheck.Timeout / 1e6;
const LOGIN = { AKUVOX_CPE_ACS_USERNAME: "phone", AKUVOX_CPE_ACS_PASSWORD: "secret" };

const say = (text) => console.log(`image: ${text}`);
const healthy = (container) => container.exec(CHECK).status === 0;

async function stopped(container, when) {
  const ms = await container.stop();
  assert.ok(ms < STOP_LIMIT_MS, `SIGTERM ${when} took ${ms} ms`);
  say(`SIGTERM ${when}: ended after ${ms.toFixed(0)} ms`);
}

async function informs(acs, number) {
  await until(`Inform number ${number}`, () => acs.informs.length >= number);
  return acs.informs[number - 1];
}

/** The kernel's data about its process 1. */
function assertLocked({ pid }) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  assert.match(status, new RegExp(`^Uid:\\t${UID}\\t${UID}\\t${UID}\\t${UID}$`, "m"));
  assert.match(status, /^NSpid:.*\t1$/m);
  assert.match(status, /^CapEff:\t0+$/m);
  const root = readFileSync(`/proc/${pid}/mountinfo`, "utf8")
    .split("\n")
    .find((line) => line.split(" ")[4] === "/");
  assert.match(root ?? "", /^\S+ \S+ \S+ \S+ \/ ro\b/);
}

/** `docker run` gets only the ACS and a login: no YAML, no volume in the settings. */
async function environmentAlone(acs) {
  const folder = volume("one");
  const env = { AKUVOX_CPE_ACS_URL: acs.url, ...LOGIN };
  const first = await run({ name: "one", folder, env });
  const { serial, events } = await informs(acs, 1);
  assert.deepEqual(events, ["0 BOOTSTRAP", "1 BOOT"]);
  say(`run with the ACS and a login alone: Inform of ${serial}, by Digest`);
  assertLocked(first);
  say(`runs as uid ${UID}, as process 1, without capabilities, on a read-only root`);
  await until("the health check", () => healthy(first));
  await healthCheckOfAStuckOne(first);
  await stopped(first, "when idle");

  acs.mode = "hang";
  // Made anew: another host name, the same volume.
  const second = await run({ name: "another-name", folder, env });
  const again = await informs(acs, 2);
  assert.deepEqual([again.serial, again.events], [serial, ["1 BOOT"]], "made anew over its volume it is another phone");
  say("made anew over its volume it is the same phone, and knows that it has met this ACS");
  await stopped(second, "in a session with an ACS that hangs");
  acs.mode = "answer";

  const third = await run({
    name: "unhealthy",
    folder: volume("two"),
    env: { ...env, AKUVOX_CPE_CONTROL_ENABLE: "false" },
  });
  assert.notEqual((await informs(acs, 3)).serial, serial, "two containers are one phone");
  assert.ok(!healthy(third), "the health check passes without an agent to ask");
  say("another container is another phone; where the agent cannot be asked the health check fails");
  await stopped(third, "without a control socket");
}

/** The process is there and its socket open, but nothing answers. */
async function healthCheckOfAStuckOne(container) {
  process.kill(container.pid, "SIGSTOP");
  const { status, ms } = container.exec(CHECK);
  process.kill(container.pid, "SIGCONT");
  assert.notEqual(status, 0, "the health check passes for an agent that is stuck");
  assert.ok(ms < CHECK_LIMIT_MS, `it took ${ms} ms, longer than an engine waits`);
  await until("the health check after it", () => healthy(container));
  say(`health check: passes; of an agent that is stuck it fails after ${ms.toFixed(0)} ms; passes again`);
}

/** `-v config.yaml:/config.yaml:ro akuvox-cpe run --config /config.yaml`, and nothing in the environment. */
async function mountedSettings(acs) {
  const file = join(WORK, "mounted.yaml");
  writeFileSync(file, `tr069:\n  acs: { url: "${acs.url}", username: phone, password: secret }\n`, { mode: 0o600 });
  chownSync(file, UID, UID);
  const before = acs.informs.length;
  const settings = { file: [file, "/config.yaml"], command: ["run", "--config", "/config.yaml"] };
  const container = await run({ name: "mounted", folder: volume("mounted"), ...settings });
  const { serial, url } = await informs(acs, before + 1);
  assert.equal(url?.startsWith(`http://${container.address}:7547/`), true, `connection requests go to ${url}`);
  // The endpoint is there, and asks for a login.
  const endpoint = await fetch(url);
  assert.ok(endpoint.status === 401 || endpoint.status === 403, `${url} answers ${endpoint.status}`);
  say(`run with a mounted YAML file alone: Inform of ${serial}; its endpoint ${url} answers ${endpoint.status}`);
  await until("the health check", () => healthy(container));
  await stopped(container, "with mounted settings");
}

const interpolate = (text) =>
  text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name, fallback) => process.env[name] ?? fallback);

/** Everything is taken from compose.yaml; keys that this does not know are refused. */
async function composed() {
  const file = parse(interpolate(readFileSync("compose.yaml", "utf8")), { merge: true });
  // Services of a profile, which are images of others, do not start by themselves.
  const services = Object.fromEntries(
    Object.entries(file.services).filter(([, { profiles }]) => profiles === undefined),
  );
  const names = Object.keys(services);
  const hosts = Object.fromEntries(names.map((name, at) => [name, `10.9.0.${10 + at}`]));
  const containers = new Map();
  for (const [name, service] of Object.entries(services))
    containers.set(name, await startService(name, service, hosts));
  const phones = names.filter((name) => services[name].volumes !== undefined);
  assert.deepEqual([names.length, phones.length], [4, 3]);
  const serials = new Set();
  for (const name of phones) {
    const container = containers.get(name);
    await until(`the session of ${name}`, () => container.log().includes("Session complete"));
    const { stdout } = container.exec(["akuvox-cpe", "get", "Device.DeviceInfo.SerialNumber"]);
    const serial = /[0-9A-F]{12}/.exec(stdout)?.[0];
    assert.ok(serial !== undefined, `${name} has no serial number: ${stdout}`);
    serials.add(serial);
    await until(`the ACS has met ${serial}`, () => containers.get("acs").log().includes(serial));
    assert.ok(healthy(container), `${name} is not healthy`);
  }
  assert.equal(serials.size, 3, "two phones are one");
  say(`compose.yaml: ${names.join(", ")}; the ACS has met ${[...serials].join(", ")}; all are healthy`);
  for (const [name, container] of containers) await stopped(container, `of ${name}`);
}

const KNOWN =
  "image build command environment depends_on read_only cap_drop security_opt restart healthcheck tmpfs hostname volumes";

async function startService(name, service, hosts) {
  for (const key of Object.keys(service)) assert.ok(KNOWN.split(" ").includes(key), `${name}: ${key} is not emulated`);
  assert.deepEqual(
    [service.image, service.read_only, service.cap_drop, service.security_opt],
    ["akuvox-cpe", true, ["ALL"], ["no-new-privileges:true"]],
  );
  const [source, target] = service.volumes?.[0]?.split(":") ?? [undefined, STATE];
  assert.equal(target, STATE);
  const container = await run({
    ...{ name: service.hostname ?? name, address: hosts[name], hosts, dropped: true },
    ...{ env: service.environment ?? {}, command: service.command, tmpfs: service.tmpfs?.includes("/tmp") ?? false },
    ...(source === undefined ? {} : { folder: volume(source) }),
  });
  return container;
}

network();
const acs = await openAcs(HOST, "phone", "secret");
await environmentAlone(acs);
await mountedSettings(acs);
await composed();
acs.close();

/**
 * Runs the image as a container engine would, with the kernel's own means, and looks at it from outside. Called by .ci/image
 * in a network namespace of its own: IMAGE_ROOT is the mounted image, WORK a folder, the argument its configuration.
 *
 * A container here: its own mounts, process numbers and host name (`unshare`), the image's root mounted read-only, the volume
 * and /etc/hosts bound over it, the image's user, environment, working folder, entry point and command. What is not
 * emulated: capabilities, seccomp, and one network for each container (the phones share one, so each takes a free port).
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { parse } from "yaml";

const { IMAGE_ROOT, WORK } = process.env;
const image = JSON.parse(readFileSync(process.argv[2], "utf8")).Docker.config;
const UID = 1000;
const LIMIT_MS = 30_000;
const hosts = join(WORK, "hosts");
writeFileSync(hosts, "127.0.0.1 localhost acs\n");
const running = new Set();
process.on("exit", () => {
  for (const container of running) container.kill("SIGKILL");
});

const say = (text) => console.log(`image: ${text}`);

async function until(what, holds) {
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    const found = await holds();
    if (found) return found;
    await passed(50);
  }
  throw new Error(`not within ${LIMIT_MS / 1000} s: ${what}`);
}

function volume(name) {
  const folder = join(WORK, name);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  // An engine gives a new volume the owner of the folder in the image.
  const { uid, gid } = statSync(join(IMAGE_ROOT, "var/lib/akuvox-cpe"));
  chownSync(folder, uid, gid);
  return folder;
}

const SET_UP = `
mount --bind "$root" "$mnt" && mount -o remount,bind,ro "$mnt"
mount -t proc proc "$mnt/proc"
mount -t tmpfs -o mode=1777 tmpfs "$mnt/dev/shm"
mount --bind "$hosts" "$mnt/etc/hosts"
if [ -n "$volume" ]; then mount --bind "$volume" "$mnt/var/lib/akuvox-cpe"; fi
if [ -n "$tmpfs" ]; then mount -t tmpfs -o mode=1777 tmpfs "$mnt/tmp"; fi
hostname "$name"
exec chroot --userspec=${UID}:${UID} "$mnt" /usr/bin/env -i -C "$folder" "$@"`;

/** `docker run`: `{ process, pid, log(), stop() }`; pid is the one outside, inside it is 1. */
async function run({ name, folder = null, tmpfs = false, env = {}, command = image.Cmd }) {
  const mnt = join(WORK, `root-${name}-${running.size}`);
  mkdirSync(mnt, { recursive: true });
  const variables = [...image.Env, ...Object.entries(env).map(([key, value]) => `${key}=${value}`)];
  const words = [...variables, ...image.Entrypoint, ...command];
  const shell = ["sh", "-ec", SET_UP, "sh", ...words];
  const child = spawn("unshare", ["--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child", ...shell], {
    env: {
      ...process.env,
      ...{
        root: IMAGE_ROOT,
        mnt,
        hosts,
        name,
        folder: image.WorkingDir,
        volume: folder ?? "",
        tmpfs: tmpfs ? "1" : "",
      },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const pid = await until(`the container ${name} runs`, () =>
    Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ")[0] || 0),
  );
  return {
    pid,
    log: () => log,
    /** `docker exec`, without an environment but the image's and the container's: the exit code. */
    exec(words) {
      const into = [
        "--target",
        String(pid),
        "--mount",
        "--pid",
        "--uts",
        "--root",
        "--wd",
        "--setuid",
        String(UID),
        "--setgid",
        String(UID),
      ];
      const { status, stderr } = spawnSync("nsenter", [...into, "/usr/bin/env", "-i", ...variables, ...words], {
        encoding: "utf8",
      });
      return { status, stderr };
    },
    /** `docker stop`: how many milliseconds it took. */
    async stop() {
      const begin = performance.now();
      process.kill(pid, "SIGTERM");
      const code = await ended;
      running.delete(child);
      assert.equal(code, 0, `${name} ended with ${code}: ${log.slice(-1000)}`);
      return performance.now() - begin;
    },
  };
}

const ENVELOPE =
  '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><e:Header><cwmp:ID e:mustUnderstand="1">1</cwmp:ID></e:Header><e:Body><cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse></e:Body></e:Envelope>';

/** An ACS that notes serial numbers; `mode` hang: it takes the Inform and never answers. */
async function openAcs() {
  const acs = { mode: "answer", serials: [], url: "", close: () => server.close() };
  const server = createServer(async (request, response) => {
    const text = (await request.toArray()).join("");
    const serial = /<SerialNumber>([^<]*)</.exec(text)?.[1];
    if (serial !== undefined) acs.serials.push(serial);
    if (acs.mode === "hang") return;
    const inform = serial !== undefined;
    response.writeHead(inform ? 200 : 204, inform ? { "content-type": "text/xml" } : {}).end(inform ? ENVELOPE : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  acs.url = `http://127.0.0.1:${server.address().port}/`;
  server.unref();
  return acs;
}

async function onePhone() {
  const acs = await openAcs();
  const folder = volume("volume-one");
  // All that `docker run` is told; no volume in the settings, no YAML.
  const env = { AKUVOX_CPE_ACS_URL: acs.url, AKUVOX_CPE_ACS_USERNAME: "phone", AKUVOX_CPE_ACS_PASSWORD: "secret" };
  const first = await run({ name: "one", folder, env });
  await until("an Inform", () => acs.serials.length === 1);
  say(`run with the ACS and a login alone: Inform of ${acs.serials[0]}`);
  const status = readFileSync(`/proc/${first.pid}/status`, "utf8");
  assert.match(status, new RegExp(`^Uid:\\s+${UID}\\s+${UID}`, "m"));
  assert.match(status, /^NSpid:.*\s1$/m);
  assert.notEqual(first.exec(["touch", "/opt/x"]).status, 0, "the root can be written");
  say(`runs as uid ${UID}, as process 1, on a read-only root`);
  const check = image.Healthcheck.Test.slice(1);
  await until("the health check", () => first.exec(check).status === 0);
  const stopMs = await first.stop();
  say(`health check passes; SIGTERM when idle: ${stopMs.toFixed(0)} ms`);

  acs.mode = "hang";
  // Made anew: another host name, the same volume.
  const second = await run({ name: "another-name", folder, env });
  await until("the second Inform", () => acs.serials.length === 2);
  assert.equal(acs.serials[1], acs.serials[0], "a container made anew over the same volume is another phone");
  const hangMs = await second.stop();
  assert.ok(Math.max(stopMs, hangMs) < 5000, `SIGTERM took ${stopMs} and ${hangMs} ms`);
  say(
    `made anew over its volume it is the same phone; SIGTERM in a session, with an ACS that hangs: ${hangMs.toFixed(0)} ms`,
  );

  const third = await run({
    name: "unhealthy",
    folder: volume("volume-two"),
    env: { ...env, AKUVOX_CPE_CONTROL_ENABLE: "false" },
  });
  await until("the third Inform", () => acs.serials.length === 3);
  assert.notEqual(acs.serials[2], acs.serials[0], "two containers are one phone");
  assert.notEqual(third.exec(check).status, 0, "the health check passes without an agent to ask");
  await third.stop();
  say("the health check fails where the agent cannot be asked; another container is another phone");
  acs.close();
}

const interpolate = (text) =>
  text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name, fallback) => process.env[name] ?? fallback);

async function composed() {
  const { services } = parse(interpolate(readFileSync("compose.yaml", "utf8")), { merge: true });
  const phones = Object.keys(services).filter((name) => services[name].volumes !== undefined);
  assert.equal(phones.length, 3);
  const containers = new Map();
  for (const [name, service] of Object.entries(services)) {
    const [source, target] = service.volumes?.[0]?.split(":") ?? [null, null];
    assert.ok(target === null || target === "/var/lib/akuvox-cpe");
    const env = { ...service.environment, ...(phones.includes(name) ? { AKUVOX_CPE_LISTEN_PORT: "0" } : {}) };
    const folder = source === null ? null : volume(`volume-${source}`);
    const options = { name: service.hostname ?? name, folder, tmpfs: service.tmpfs?.includes("/tmp"), env };
    containers.set(
      name,
      await run({ ...options, ...(service.command === undefined ? {} : { command: service.command }) }),
    );
  }
  for (const name of phones) {
    await until(`the session of ${name}`, () => containers.get(name).log().includes("Session complete"));
  }
  say(`compose.yaml: ${[...containers.keys()].join(", ")}; each phone has held a session with the ACS`);
  for (const [name, container] of containers) assert.ok((await container.stop()) < 5000, `${name} took too long`);
}

await onePhone();
await composed();

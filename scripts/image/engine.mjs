/**
 * The functions of a container engine, with the kernel's own means: `network()`, `volume()`, `run()`.
 *
 * A container: its own mounts, process numbers, host name and network (`unshare`), the image's root mounted read-only, what is
 * mounted bound over it, the image's user, environment, working folder, entry point and command. Networks are a bridge,
 * 10.9.0.0/24, in the namespace of the caller. Not emulated: seccomp, and capabilities unless they are dropped.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as passed } from "node:timers/promises";

const { IMAGE_ROOT, WORK } = process.env;
export const image = JSON.parse(readFileSync(process.argv[2], "utf8")).Docker.config;
export const UID = 1000;
export const STATE = "/var/lib/akuvox-cpe";
/** Of this side of the bridge. */
export const HOST = "10.9.0.1";
const LIMIT_MS = 30_000;
const running = new Set();
let count = 0;
process.on("exit", () => {
  for (const container of running) container.kill("SIGKILL");
});

export async function until(what, holds) {
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    const found = await holds();
    if (found) return found;
    await passed(50);
  }
  throw new Error(`not within ${LIMIT_MS / 1000} s: ${what}`);
}

const ip = (line) => execFileSync("ip", line.split(" "));

export function network() {
  for (const line of ["link add br0 type bridge", `addr add ${HOST}/24 dev br0`, "link set br0 up"]) ip(line);
}

/** The path of a new volume, or of that which is there. */
export function volume(name) {
  const folder = join(WORK, `volume-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  // An engine gives a new volume the owner of the folder in the image.
  const { uid, gid } = statSync(join(IMAGE_ROOT, STATE));
  chownSync(folder, uid, gid);
  return folder;
}

const SET_UP = `
until ip -o addr show dev eth0 2>/dev/null | grep -q " inet "; do sleep 0.02; done
mount --bind "$root" "$mnt" && mount -o remount,bind,ro "$mnt"
mount -t proc proc "$mnt/proc"
mount -t tmpfs -o mode=1777 tmpfs "$mnt/dev/shm"
mount --bind "$hosts" "$mnt/etc/hosts"
if [ -n "$volume" ]; then mount --bind "$volume" "$mnt${STATE}"; fi
if [ -n "$tmpfs" ]; then mount -t tmpfs -o mode=1777 tmpfs "$mnt/tmp"; fi
if [ -n "$file" ]; then mount --bind "$file" "$mnt$target" && mount -o remount,bind,ro "$mnt$target"; fi
hostname "$name"
exec chroot "$mnt" setpriv --reuid ${UID} --regid ${UID} --clear-groups $privileges /usr/bin/env -i -C "$folder" "$@"`;

/**
 * `docker run`, read-only. `name`: of the host; `folder`: the volume; `file`: `[path, path inside]`; `hosts`: names → addresses;
 * `dropped`: no capabilities and no new privileges.
 */
export async function run({ name, address, folder, file, tmpfs, env = {}, command, hosts = {}, dropped = false }) {
  const number = count++;
  const own = address ?? `10.9.0.${200 + number}`;
  const mnt = join(WORK, `root-${number}`);
  mkdirSync(mnt);
  writeFileSync(`${mnt}.hosts`, lines({ localhost: "127.0.0.1", [name]: own, ...hosts }));
  // An engine makes what a file is mounted over.
  if (file !== undefined) writeFileSync(join(IMAGE_ROOT, file[1]), "", { flag: "a" });
  const variables = [...image.Env, ...Object.entries(env).map(([key, value]) => `${key}=${value}`)];
  const words = [...variables, ...image.Entrypoint, ...(command ?? image.Cmd)];
  const kinds = ["--mount", "--pid", "--uts", "--ipc", "--net", "--fork", "--kill-child"];
  const child = spawn("unshare", [...kinds, "sh", "-ec", SET_UP, "sh", ...words], {
    env: {
      ...{ ...process.env, root: IMAGE_ROOT, mnt, hosts: `${mnt}.hosts`, name, folder: image.WorkingDir },
      ...{ volume: folder ?? "", tmpfs: tmpfs ? "1" : "", file: file?.[0] ?? "", target: file?.[1] ?? "" },
      privileges: dropped ? "--no-new-privs --bounding-set=-all --inh-caps=-all" : "",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const pid = await until(`the container ${name} runs`, () => childOf(child.pid));
  connect(pid, number, own);
  return {
    /** Outside; inside it is 1. */
    pid,
    address: own,
    log: () => log,
    exec: (inside) => exec(pid, [...variables, ...inside]),
    stop: async () => {
      const begin = performance.now();
      process.kill(pid, "SIGTERM");
      const code = await ended;
      running.delete(child);
      assert.equal(code, 0, `${name} ended with ${code}: ${log.slice(-1000)}`);
      return performance.now() - begin;
    },
  };
}

const lines = (names) =>
  Object.entries(names)
    .map(([name, address]) => `${address} ${name}\n`)
    .join("");

function childOf(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0] || 0);
}

/** The address comes last: the container waits for it. */
function connect(pid, number, address) {
  ip(`link add veth${number} type veth peer name eth0 netns ${pid}`);
  ip(`link set veth${number} master br0 up`);
  const inside = (line) => execFileSync("nsenter", ["--target", String(pid), "--net", "ip", ...line.split(" ")]);
  for (const line of ["link set lo up", "link set eth0 up", `addr add ${address}/24 dev eth0`]) inside(line);
}

/** `docker exec`, without an environment but the image's and the container's: `{ status, stdout, stderr, ms }`. */
function exec(pid, words) {
  const namespaces = ["--mount", "--pid", "--uts", "--ipc", "--net", "--root", "--wd"];
  const user = ["--setuid", String(UID), "--setgid", String(UID)];
  const begin = performance.now();
  const args = ["--target", String(pid), ...namespaces, ...user, "/usr/bin/env", "-i", ...words];
  const { status, stdout, stderr } = spawnSync("nsenter", args, { encoding: "utf8", timeout: LIMIT_MS });
  return { status, stdout, stderr, ms: performance.now() - begin };
}

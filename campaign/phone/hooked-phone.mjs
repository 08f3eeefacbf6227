/**
 * A phone behind hooks (docs/hooks.md) that stores its input durably before a hook ends: `hooked-phone.mjs HOOK`. Its
 * files are in phone-store: the received settings, and its firmware version.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

const SETTINGS = "phone-store/settings.json";
const VERSION = "phone-store/version";
const NEXT_VERSION = "phone-store/version.next";
const FIRST_VERSION = "53.0.6.45";

const parent = process.ppid;

/** Old or new, and never half. */
function store(path, text) {
  // Killed together with the agent, as in a power cut.
  if (process.ppid !== parent) process.exit(1);
  const file = openSync(`${path}.new`, "w");
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
  const folder = openSync("phone-store", "r");
  fsyncSync(folder);
  closeSync(folder);
}

function stored(path, otherwise) {
  return existsSync(path) ? readFileSync(path, "utf8") : otherwise;
}

const settings = () => JSON.parse(stored(SETTINGS, "{}"));
const lines = () =>
  readFileSync(0, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const HOOKS = {
  read() {
    const known = { ...settings(), "Status.Phone.General.SoftwareVersion": stored(VERSION, FIRST_VERSION) };
    const answers = lines().flatMap(({ key }) => (key in known ? [JSON.stringify({ key, value: known[key] })] : []));
    process.stdout.write(answers.map((line) => `${line}\n`).join(""));
  },
  apply() {
    const told = lines().filter(({ key }) => key.startsWith("Config."));
    const next = { ...settings(), ...Object.fromEntries(told.map(({ key, value }) => [key, value])) };
    store(SETTINGS, JSON.stringify(next));
  },
  reboot() {
    if (existsSync(NEXT_VERSION)) store(VERSION, readFileSync(NEXT_VERSION, "utf8"));
  },
  factoryReset: () => store(SETTINGS, "{}"),
  install() {
    const [first = ""] = readFileSync(lines()[0].path, "utf8").split("\n", 1);
    store(NEXT_VERSION, JSON.parse(first).version);
    process.exitCode = 100;
  },
  produce() {
    const all = Object.entries(settings()).map(([key, value]) => `${key} = ${value}\n`);
    process.stdout.write(all.join(""));
  },
};

HOOKS[process.argv[2]]();

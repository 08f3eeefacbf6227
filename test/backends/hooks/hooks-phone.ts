import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { HookCommands, HookName } from "../../../src/backends/hooks/hook-names.ts";
import { createHooksBackend, type HooksBackendOptions } from "../../../src/backends/hooks/hooks-backend.ts";
import type { Settings } from "../../../src/backends/settings/settings.ts";
import type { Backend } from "../../../src/ports/backend.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { FACTORY, fileSettings, LAN, RESTART_KEYS, type TestPhone, testPhone } from "../test-phone.ts";

export const LABEL = "Config.Account1.GENERAL.Label";
export const PASSWORD = "Config.Account1.GENERAL.Pwd";
export const LINE = "Status.Account1.Line.State";
export const RESET = "Action.Account1.Line.Reset";

export interface HooksPhone extends TestPhone {
  readonly backend: Backend & Required<Pick<Backend, "refresh" | "files">>;
  readonly path: string;
  /** Where the hooks run. */
  readonly folder: string;
  /** Starts in real time: time stands still for the hooks. */
  begin(): Promise<void>;
  /** Writes in real time. */
  change(values: Readonly<Record<string, string>>): Promise<string>;
  /** The text that hooks have left in a file of their folder; empty: none. */
  left(name: string): Promise<string>;
  /** Waits for such a file. */
  appears(name: string): Promise<void>;
  warnings(): readonly string[];
}

export interface HooksPhoneOptions {
  /** The text of a shell script for each; run in the folder. */
  readonly scripts?: Partial<Record<HookName, string>>;
  readonly commands?: Partial<HookCommands>;
  readonly change?: Partial<HooksBackendOptions>;
  readonly wrapSettings?: (settings: Settings) => Settings;
  /** See FakeTimeOptions. */
  readonly withProcesses?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const NONE: HookCommands = {
  read: null,
  apply: null,
  watch: null,
  reboot: null,
  factoryReset: null,
  install: null,
  produce: null,
};

/** A small phone whose hooks are real programs; stopped when the test ends. */
export async function hooksPhone(t: TestContext, options: HooksPhoneOptions = {}): Promise<HooksPhone> {
  const world = {
    time: createFakeTime({ withProcesses: options.withProcesses ?? false }),
    log: createMemoryLogger(),
  };
  const folder = await temporaryFolder(t);
  const path = join(folder, "phone.cfg");
  const scripts = Object.entries(options.scripts ?? {}).map(([hook, text]) => [hook, ["/bin/sh", "-c", text]]);
  const settings = fileSettings(world, path);
  const backend = createHooksBackend({
    settings: options.wrapSettings?.(settings) ?? settings,
    restartKeys: RESTART_KEYS,
    settingKeys: [...FACTORY.keys()],
    liveKeys: [],
    secretKeys: [PASSWORD],
    accounts: 2,
    softwareVersion: "53.0.6.45",
    hardwareVersion: "53.0.0.0",
    host: { upTimeSeconds: () => 4_711, lan: async () => LAN },
    commands: { ...NONE, ...Object.fromEntries(scripts), ...options.commands },
    folder,
    env: { PATH: process.env.PATH, ...options.env },
    installTypes: ["1 Firmware Upgrade Image"],
    produceTypes: ["1 Vendor Configuration File", "4 Vendor Log File"],
    readEveryMs: 0,
    limitMs: 30_000,
    longLimitMs: 900_000,
    rebootWaitMs: 0,
    clock: world.time.clock,
    scheduler: world.time.scheduler,
    log: world.log,
    ...options.change,
  });
  t.after(() => backend.stop());
  const phone = testPhone(world, backend, path);
  return {
    ...phone,
    backend: backend as HooksPhone["backend"],
    path,
    folder,
    begin: () => backend.start((changes) => void phone.reported.push(...changes)),
    change: async (values) => (await backend.stage(new Map(Object.entries(values)))).apply(),
    left: (name) => readFile(join(folder, name), "utf8").catch(() => ""),
    appears: (name) => until(() => existsSync(join(folder, name))),
    warnings: () => world.log.at("warn").map(({ message }) => message),
  };
}

/** Waits, in real time, for what a program of its own does; the limit of a test ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(5);
}

/** A program that has ended and that nobody has asked about yet is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return existsSync("/proc/self/stat") === false;
  }
}

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseAutop } from "../../src/autop/document.ts";
import type { Host } from "../../src/backends/config-file/host.ts";
import { createConfigFileBackend } from "../../src/backends/config-file/open.ts";
import type { LanAddresses } from "../../src/backends/phone-keys.ts";
import { createFileSettings } from "../../src/backends/settings/file-settings.ts";
import { createMemorySettings } from "../../src/backends/settings/memory-settings.ts";
import type { Settings } from "../../src/backends/settings/settings.ts";
import {
  createSimulatedBackend,
  type SimulatedBackendOptions,
} from "../../src/backends/simulated/simulated-backend.ts";
import type { Backend, BackendChange, FactorySettings } from "../../src/ports/backend.ts";
import { createFakeTime, type FakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger, type MemoryLogger } from "../helpers/memory-logger.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** The settings of a small phone with two accounts. */
export const FACTORY: FactorySettings = new Map([
  ["Config.Network.LAN.Type", "0"],
  ["Config.Network.LAN.StaticIP", ""],
  ["Config.Network.LAN.SubnetMask", ""],
  ["Config.Network.LAN.DefaultGateway", ""],
  ["Config.Network.LAN.PrimaryDNS", ""],
  ["Config.Network.LAN.SecondaryDNS", ""],
  ...[1, 2].flatMap((account): [string, string][] => [
    [`Config.Account${account}.GENERAL.Enable`, "0"],
    [`Config.Account${account}.GENERAL.Label`, "desk"],
    [`Config.Account${account}.GENERAL.UserName`, ""],
    [`Config.Account${account}.GENERAL.Pwd`, ""],
    [`Config.Account${account}.SIP.Server`, ""],
  ]),
  ["Config.Voice.AUDIO.RingVol", "8"],
]);

export const RESTART_KEYS: ReadonlySet<string> = new Set([
  "Config.Network.LAN.Type",
  "Config.Network.LAN.StaticIP",
  "Config.Voice.AUDIO.RingVol",
]);

export const RESTART = { key: "Config.Voice.AUDIO.RingVol", factory: "8", other: "9" };

export const LAN: LanAddresses = {
  ipAddress: "192.0.2.50",
  subnetMask: "255.255.255.0",
  defaultGateway: "192.0.2.1",
  primaryDns: "192.0.2.2",
  secondaryDns: "",
  macAddress: "0c:11:05:0a:0b:0c",
};

/** A backend in a world where time stands still, and what it reported. */
export interface TestPhone {
  readonly backend: Backend;
  readonly time: FakeTime;
  readonly log: MemoryLogger;
  readonly reported: BackendChange[];
  /** Null: the settings are in memory. */
  readonly path: string | null;
  /** Someone else writes into the phone's file; then three seconds pass. */
  edit(key: string, value: string): Promise<void>;
  start(): Promise<void>;
  read(key: string): Promise<string | undefined>;
  write(changes: Readonly<Record<string, string>>): Promise<string>;
}

export type PhoneFactory = (t: TestContext) => Promise<TestPhone>;

export interface World {
  readonly time: FakeTime;
  readonly log: MemoryLogger;
}

export function testPhone({ time, log }: World, backend: Backend, path: string | null): TestPhone {
  const reported: BackendChange[] = [];
  return {
    backend,
    time,
    log,
    reported,
    path,
    async edit(key, value) {
      if (path === null) throw new Error("settings in memory cannot be edited");
      const document = parseAutop(await readFile(path, "utf8"));
      document.set(key, value);
      await writeFile(path, document.toText());
      await time.advance(3_000);
    },
    start: () => time.runUntil(backend.start((changes) => void reported.push(...changes))),
    read: async (key) => (await backend.read([key])).get(key),
    async write(changes) {
      const staged = await backend.stage(new Map(Object.entries(changes)));
      return time.runUntil(staged.apply());
    },
  };
}

export function fileSettings({ time, log }: World, path: string): Settings {
  return createFileSettings({ path, factory: FACTORY, clock: time.clock, scheduler: time.scheduler, log });
}

function simulatedPhone(
  world: World,
  settings: Settings,
  path: string | null,
  more: Partial<SimulatedBackendOptions> = {},
): TestPhone {
  const backend = createSimulatedBackend({
    settings,
    restartKeys: RESTART_KEYS,
    accounts: 2,
    softwareVersion: "53.0.6.45",
    hardwareVersion: "53.0.0.0",
    rebootMs: 5000,
    lan: LAN,
    clock: world.time.clock,
    scheduler: world.time.scheduler,
    random: seededRandom("registrar"),
    ...more,
  });
  return testPhone(world, backend, path);
}

export async function simulatedInMemory(more: Partial<SimulatedBackendOptions> = {}): Promise<TestPhone> {
  const world = { time: createFakeTime(), log: createMemoryLogger() };
  return simulatedPhone(world, createMemorySettings({ factory: FACTORY }), null, more);
}

export async function simulatedWithFile(t: TestContext): Promise<TestPhone> {
  const world = { time: createFakeTime(), log: createMemoryLogger() };
  const path = join(await temporaryFolder(t), "phone.cfg");
  return simulatedPhone(world, fileSettings(world, path), path);
}

export interface TestHost extends Host {
  addresses: LanAddresses;
}

export interface ConfigFilePhone extends TestPhone {
  readonly path: string;
  readonly host: TestHost;
  readonly statusFile: string;
}

export async function configFilePhone(
  t: TestContext,
  options: { readonly rebootCommand?: readonly string[]; readonly installCommand?: readonly string[] } = {},
): Promise<ConfigFilePhone> {
  const world = { time: createFakeTime(), log: createMemoryLogger() };
  const folder = await temporaryFolder(t);
  const path = join(folder, "phone.cfg");
  const statusFile = join(folder, "status.cfg");
  const host: TestHost = { addresses: LAN, upTimeSeconds: () => 4_711, lan: async () => host.addresses };
  const backend = createConfigFileBackend({
    settings: fileSettings(world, path),
    restartKeys: RESTART_KEYS,
    accounts: 2,
    softwareVersion: "53.0.6.45",
    hardwareVersion: "53.0.0.0",
    host,
    statusFile,
    rebootCommand: options.rebootCommand ?? null,
    installCommand: options.installCommand ?? null,
    scheduler: world.time.scheduler,
    log: world.log,
  });
  return { ...testPhone(world, backend, path), path, host, statusFile };
}

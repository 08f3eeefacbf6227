import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { Host } from "../../../src/backends/config-file/host.ts";
import { createFileStorage } from "../../../src/backends/files/phone-storage.ts";
import { createLinuxBackend, type LinuxBackendOptions } from "../../../src/backends/linux/linux-backend.ts";
import { createFileSettings } from "../../../src/backends/settings/file-settings.ts";
import type { Settings } from "../../../src/backends/settings/settings.ts";
import type { FactorySettings } from "../../../src/ports/backend.ts";
import type { PhoneStorage } from "../../../src/ports/phone-storage.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { FACTORY, LAN, RESTART_KEYS, type TestPhone, testPhone } from "../test-phone.ts";

export const TYPE = "Config.Network.LAN.Type";
export const ADDRESS = "Config.Network.LAN.StaticIP";
export const MARK = "# Written by akuvox-cpe: changes are lost.\n";
/** The network file of a phone with the address of `withStaticAddress`. */
export const FILE = `${MARK}[Match]
Name=eth0

[Network]
Address=192.0.2.77/24
Gateway=192.0.2.1
DNS=192.0.2.2
`;

export const LAN_RESTART: ReadonlySet<string> = new Set([
  ...RESTART_KEYS,
  ...["SubnetMask", "DefaultGateway", "PrimaryDNS", "SecondaryDNS"].map((item) => `Config.Network.LAN.${item}`),
]);

export const STATIC = {
  "Config.Network.LAN.Type": "2",
  "Config.Network.LAN.StaticIP": "192.0.2.77",
  "Config.Network.LAN.SubnetMask": "255.255.255.0",
  "Config.Network.LAN.DefaultGateway": "192.0.2.1",
  "Config.Network.LAN.PrimaryDNS": "192.0.2.2",
};

export const ACS_KEYS = { enable: "Config.TR069.General.Enable", url: "Config.TR069.ManagementServer.URL" };

/** A phone whose settings name an ACS. */
export const WITH_ACS: FactorySettings = new Map([
  ...FACTORY,
  [ACS_KEYS.enable, "1"],
  [ACS_KEYS.url, "https://acs.example/"],
]);

export interface LinuxPhone extends TestPhone {
  readonly path: string;
  readonly root: string;
  /** The network file. */
  readonly file: string;
  /** The commands that were run on the host. */
  readonly ran: string[];
  networkFile(): Promise<string | null>;
  /** The same phone after a power cut: nothing of the old process goes on, and the host reads its network file. */
  afterPowerCut(change?: Partial<LinuxBackendOptions>): Promise<LinuxPhone>;
  /** The same phone after `kill -9` of the agent: the host stays as it is. */
  afterKill(change?: Partial<LinuxBackendOptions>): Promise<LinuxPhone>;
  /** What the host's network is at the moment: the file that it has read last; null: there was none. */
  hostNetwork(): Promise<string | null>;
}

export interface LinuxPhoneOptions {
  readonly change?: Partial<LinuxBackendOptions>;
  readonly network?: Partial<NonNullable<LinuxBackendOptions["network"]>>;
  readonly factory?: FactorySettings;
  /** The address of the host; null: that of the network file that it has read. */
  readonly address?: string | null;
  /** What becomes of a command; throws where it fails. */
  readonly run?: (command: string, time: FakeTime) => Promise<void>;
  readonly wrapStorage?: (storage: PhoneStorage) => PhoneStorage;
  readonly wrapSettings?: (settings: Settings) => Settings;
}

/** A phone whose host believes its network file, once it is activated. */
export async function linuxPhone(t: TestContext, options: LinuxPhoneOptions = {}): Promise<LinuxPhone> {
  const root = await temporaryFolder(t);
  await put(root, "etc/hostname", "desk-phone\n");
  await mkdir(join(root, "etc"), { recursive: true });
  await symlink("/usr/share/zoneinfo/Europe/Berlin", join(root, "etc/localtime"));
  return phoneIn(root, options);
}

async function phoneIn(root: string, options: LinuxPhoneOptions): Promise<LinuxPhone> {
  const world = { time: createFakeTime(), log: createMemoryLogger() };
  const path = join(root, "phone.cfg");
  const file = join(root, "etc/network/05-akuvox-cpe.network");
  const networkFile = () => textOf(file);
  // As the kernel does, it knows nothing of a file that it was not told to read.
  const inUse = join(root, "network-in-use");
  const useNetworkFile = async () => {
    const text = await networkFile();
    if (text === null) await rm(inUse, { force: true });
    else await writeFile(inUse, text);
  };
  const ownAddress = () => /^Address=([\d.]+)/m.exec(existsSync(inUse) ? readFileSync(inUse, "utf8") : "")?.[1];
  const host: Host = {
    upTimeSeconds: () => 4_711,
    async lan() {
      return { ...LAN, ipAddress: options.address ?? ownAddress() ?? LAN.ipAddress };
    },
  };
  const storage = createFileStorage(path);
  const ran: string[] = [];
  const settings = createFileSettings({
    path,
    factory: options.factory ?? WITH_ACS,
    clock: world.time.clock,
    scheduler: world.time.scheduler,
    log: world.log,
  });
  const backend = createLinuxBackend({
    settings: options.wrapSettings?.(settings) ?? settings,
    restartKeys: LAN_RESTART,
    accounts: 2,
    softwareVersion: "53.0.6.45",
    hardwareVersion: "53.0.0.0",
    host,
    statusFile: null,
    rebootCommand: null,
    installCommand: null,
    root,
    network: {
      kind: "systemd-networkd",
      file,
      interfaceName: "eth0",
      activateCommand: ["use-network"],
      confirmWithinMs: 120_000,
      acs: ACS_KEYS,
      hasAddress: (address) => address === (options.address ?? ownAddress()),
      storage: options.wrapStorage?.(storage) ?? storage,
      ...options.network,
    },
    time: { ntpFile: null, activateCommand: null, zoneCommand: null },
    async activate({ command }) {
      ran.push(command.join(" "));
      await options.run?.(command.join(" "), world.time);
      await useNetworkFile();
    },
    scheduler: world.time.scheduler,
    log: world.log,
    ...options.change,
  });
  return {
    ...testPhone(world, backend, path),
    path,
    root,
    file,
    networkFile,
    ran,
    async afterPowerCut(change) {
      await useNetworkFile();
      return phoneIn(root, change === undefined ? options : { ...options, change });
    },
    afterKill: (change) => phoneIn(root, change === undefined ? options : { ...options, change }),
    hostNetwork: () => textOf(inUse),
  };
}

const textOf = (path: string): Promise<string | null> => readFile(path, "utf8").catch(() => null);

export async function put(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

export async function started(t: TestContext, options: LinuxPhoneOptions = {}): Promise<LinuxPhone> {
  const phone = await linuxPhone(t, options);
  await phone.start();
  t.after(() => phone.backend.stop());
  return phone;
}

/** As the agent reboots the phone: it stops it, restarts it and starts it. */
export async function rebooted(phone: LinuxPhone): Promise<void> {
  await phone.backend.stop();
  await phone.time.runUntil(phone.backend.reboot("key"));
  await phone.start();
}

export async function withStaticAddress(t: TestContext, options: LinuxPhoneOptions = {}): Promise<LinuxPhone> {
  const phone = await started(t, options);
  assert.equal(await phone.write(STATIC), "needs-reboot");
  assert.equal(await phone.networkFile(), null);
  await rebooted(phone);
  return phone;
}

/** The record of network changes. */
export const journal = async (phone: LinuxPhone) => JSON.parse(await readFile(`${phone.path}.network`, "utf8"));

export async function cut(
  t: TestContext,
  phone: LinuxPhone,
  change?: Parameters<LinuxPhone["afterPowerCut"]>[0],
): Promise<LinuxPhone> {
  await phone.backend.stop();
  const later = await phone.afterPowerCut(change);
  await later.start();
  t.after(() => later.backend.stop());
  return later;
}

import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { Host } from "../../../src/backends/config-file/host.ts";
import { createFileStorage, type PhoneStorage } from "../../../src/backends/files/phone-storage.ts";
import { createLinuxBackend, type LinuxBackendOptions } from "../../../src/backends/linux/linux-backend.ts";
import { createFileSettings } from "../../../src/backends/settings/file-settings.ts";
import type { FactorySettings } from "../../../src/ports/backend.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { FACTORY, LAN, RESTART_KEYS, type TestPhone, testPhone } from "../test-phone.ts";

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

export interface LinuxPhone extends TestPhone {
  readonly path: string;
  readonly root: string;
  /** The network file. */
  readonly file: string;
  /** The commands that were run on the host. */
  readonly ran: string[];
  networkFile(): Promise<string | null>;
  /** The same phone after a power cut: nothing of the old process goes on. */
  afterPowerCut(change?: Partial<LinuxBackendOptions>): Promise<LinuxPhone>;
}

export interface LinuxPhoneOptions {
  readonly change?: Partial<LinuxBackendOptions>;
  readonly network?: Partial<NonNullable<LinuxBackendOptions["network"]>>;
  readonly factory?: FactorySettings;
  /** The address of the host; null: that of its network file. */
  readonly address?: string | null;
  /** What becomes of a command; throws where it fails. */
  readonly run?: (command: string, time: FakeTime) => Promise<void>;
  readonly wrapStorage?: (storage: PhoneStorage) => PhoneStorage;
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
  const networkFile = () => readFile(file, "utf8").catch(() => null);
  const host: Host = {
    upTimeSeconds: () => 4_711,
    async lan() {
      const own = /^Address=([\d.]+)/m.exec((await networkFile()) ?? "")?.[1] ?? LAN.ipAddress;
      return { ...LAN, ipAddress: options.address ?? own };
    },
  };
  const storage = createFileStorage(path);
  const ran: string[] = [];
  const backend = createLinuxBackend({
    settings: createFileSettings({
      path,
      factory: options.factory ?? FACTORY,
      clock: world.time.clock,
      scheduler: world.time.scheduler,
      log: world.log,
    }),
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
      storage: options.wrapStorage?.(storage) ?? storage,
      ...options.network,
    },
    time: { ntpFile: null, activateCommand: null, zoneCommand: null },
    async activate({ command }) {
      ran.push(command.join(" "));
      await options.run?.(command.join(" "), world.time);
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
    afterPowerCut: (change) => phoneIn(root, change === undefined ? options : { ...options, change }),
  };
}

export async function put(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

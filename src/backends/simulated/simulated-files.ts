import { readFile, stat } from "node:fs/promises";
import { CwmpFault } from "../../cwmp/errors.ts";
import type { BackendFiles } from "../../ports/backend.ts";
import type { PhoneStorage } from "../files/phone-storage.ts";
import type { Settings } from "../settings/settings.ts";
import { checkFirmwareImage } from "./firmware-image.ts";

/** What a simulated phone keeps of the files that it is given. */
export interface SimulatedFilesOptions {
  /** Firmware images must be for it. */
  readonly model: string;
  readonly storage: PhoneStorage;
}

/** The firmware that runs, and the one that the next start boots. */
export interface SimulatedFirmware {
  /** The version that runs. */
  version(): string;
  /** Takes up what is stored. */
  load(): Promise<void>;
  install(version: string): Promise<void>;
  /** The phone starts: what was installed runs. */
  boot(): void;
}

const FIRMWARE = "firmware";
const RINGER = "ringer";
const MAX_RINGER_BYTES = 2 ** 20;

export function createSimulatedFirmware(factoryVersion: string, storage: PhoneStorage | null): SimulatedFirmware {
  let running = factoryVersion;
  let installed = factoryVersion;
  return {
    version: () => running,
    async load() {
      const stored = (await storage?.load(FIRMWARE)) ?? null;
      installed = stored === null ? factoryVersion : new TextDecoder().decode(stored).trim() || factoryVersion;
      running = installed;
    },
    async install(version) {
      await storage?.save(FIRMWARE, new TextEncoder().encode(`${version}\n`));
      installed = version;
    },
    boot() {
      running = installed;
    },
  };
}

export function createSimulatedFiles(
  { model, storage }: SimulatedFilesOptions,
  firmware: SimulatedFirmware,
  settings: Settings,
): BackendFiles {
  return {
    installs: ["1 Firmware Upgrade Image", "5 Ringer File"],
    produces: ["1 Vendor Configuration File"],
    async install(fileType, path) {
      if (fileType === "5 Ringer File") {
        await storeRinger(path, storage);
        return "applied";
      }
      const { version } = await checkFirmwareImage(path, model);
      await firmware.install(version);
      return "needs-reboot";
    },
    produce: async () => new TextEncoder().encode(settings.text()),
  };
}

async function storeRinger(path: string, storage: PhoneStorage): Promise<void> {
  const { size } = await stat(path);
  if (size === 0) throw new CwmpFault(9018, "the ringer file is empty");
  if (size > MAX_RINGER_BYTES) throw new CwmpFault(9018, `a ringer file has at most ${MAX_RINGER_BYTES} bytes`);
  await storage.save(RINGER, await readFile(path));
}

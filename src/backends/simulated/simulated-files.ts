import { readFile, stat } from "node:fs/promises";
import { CwmpFault } from "../../cwmp/errors.ts";
import type { FaultCode } from "../../cwmp/faults.ts";
import type { Applied, BackendFiles } from "../../ports/backend.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import type { Random } from "../../ports/random.ts";
import type { Settings } from "../settings/settings.ts";
import { checkFirmwareImage, type FirmwareManifest } from "./firmware-image.ts";
import { matchesAny } from "./name-pattern.ts";

/** What a simulated phone keeps of the files that it is given. */
export interface SimulatedFilesOptions {
  /** Firmware images must be for it. */
  readonly model: string;
  readonly storage: PhoneStorage;
  /** Absent: every good image is installed and runs. */
  readonly trouble?: FirmwareTrouble;
}

/** Firmware that fails. In a pattern `*` stands for any text. */
export interface FirmwareTrouble {
  /** Versions that cannot be installed. */
  readonly refuse: readonly string[];
  /** Versions that are installed and then do not start: after three tries the phone goes back to the old one. */
  readonly bootLoop: readonly string[];
  /** Of a hundred installations, so many fail. */
  readonly failPercent: number;
  /** What a failed installation tells the ACS. */
  readonly faultCode: FaultCode;
  readonly random: Random;
}

/** The firmware that runs, and the one that the next start boots. */
export interface SimulatedFirmware {
  /** The version that runs. */
  version(): string;
  /** Takes up what is stored. */
  load(): Promise<void>;
  /** `starts`: whether it will run, or only be tried. */
  install(version: string, starts: boolean): Promise<void>;
  /** How many starts the next reboot takes until a firmware runs. */
  bootsNeeded(): number;
  /** The phone starts: what was installed runs, or the old one again. */
  boot(): void;
  /** The version that would not start, until another one is installed; null: all is well. */
  failed(): string | null;
}

const FIRMWARE = "firmware";
const RINGER = "ringer";
const MAX_RINGER_BYTES = 2 ** 20;
const TRIES_TO_BOOT = 3;

export function createSimulatedFirmware(
  factoryVersion: string,
  files: Pick<SimulatedFilesOptions, "storage"> | null,
): SimulatedFirmware {
  return new Firmware(factoryVersion, files?.storage ?? null);
}

class Firmware implements SimulatedFirmware {
  readonly #factoryVersion: string;
  readonly #storage: PhoneStorage | null;
  #running: string;
  #installed: string;
  #failed: string | null = null;
  #isTried = false;

  constructor(factoryVersion: string, storage: PhoneStorage | null) {
    this.#factoryVersion = factoryVersion;
    this.#storage = storage;
    this.#running = factoryVersion;
    this.#installed = factoryVersion;
  }

  version(): string {
    return this.#running;
  }

  async load(): Promise<void> {
    const stored = (await this.#storage?.load(FIRMWARE)) ?? null;
    this.#installed = (stored === null ? "" : new TextDecoder().decode(stored).trim()) || this.#factoryVersion;
    this.#running = this.#installed;
  }

  async install(version: string, starts: boolean): Promise<void> {
    this.#failed = starts ? null : version;
    this.#isTried = !starts;
    if (!starts) return;
    await this.#storage?.save(FIRMWARE, new TextEncoder().encode(`${version}\n`));
    this.#installed = version;
  }

  bootsNeeded(): number {
    return this.#isTried ? TRIES_TO_BOOT + 1 : 1;
  }

  boot(): void {
    this.#running = this.#installed;
    this.#isTried = false;
  }

  failed(): string | null {
    return this.#failed;
  }
}

export function createSimulatedFiles(
  options: SimulatedFilesOptions,
  firmware: SimulatedFirmware,
  settings: Settings,
): BackendFiles {
  return new SimulatedFiles(options, firmware, settings);
}

const INSTALLS = ["1 Firmware Upgrade Image", "5 Ringer File"] as const;
const PRODUCES = ["1 Vendor Configuration File"] as const;

class SimulatedFiles implements BackendFiles {
  readonly #options: SimulatedFilesOptions;
  readonly #firmware: SimulatedFirmware;
  readonly #settings: Settings;

  constructor(options: SimulatedFilesOptions, firmware: SimulatedFirmware, settings: Settings) {
    this.#options = options;
    this.#firmware = firmware;
    this.#settings = settings;
  }

  get installs(): readonly string[] {
    return INSTALLS;
  }

  get produces(): readonly string[] {
    return PRODUCES;
  }

  async install(fileType: string, path: string): Promise<Applied> {
    const { model, storage, trouble } = this.#options;
    if (fileType === "5 Ringer File") {
      await storeRinger(path, storage);
      return "applied";
    }
    const image = await checkFirmwareImage(path, model);
    const fault = installFault(image, trouble);
    if (fault !== null) throw fault;
    await this.#firmware.install(image.version, startsWell(image, trouble));
    return "needs-reboot";
  }

  async verify(): Promise<void> {
    const version = this.#firmware.failed();
    if (version === null) return;
    throw new CwmpFault(9018, `firmware ${version} did not start; the phone runs ${this.#firmware.version()} again`);
  }

  async produce(): Promise<Uint8Array> {
    return new TextEncoder().encode(this.#settings.text());
  }
}

function installFault({ version, fails }: FirmwareManifest, trouble: FirmwareTrouble | undefined): CwmpFault | null {
  const hasBadLuck =
    trouble !== undefined && trouble.failPercent > 0 && trouble.random.between(0, 100) < trouble.failPercent;
  const isRefused = fails === "install" || matchesAny(trouble?.refuse ?? [], version);
  if (!hasBadLuck && !isRefused) return null;
  return new CwmpFault(trouble?.faultCode ?? 9018, `firmware ${version} could not be installed`);
}

function startsWell({ version, fails }: FirmwareManifest, trouble: FirmwareTrouble | undefined): boolean {
  return fails !== "boot" && !matchesAny(trouble?.bootLoop ?? [], version);
}

async function storeRinger(path: string, storage: PhoneStorage): Promise<void> {
  const { size } = await stat(path);
  if (size === 0) throw new CwmpFault(9018, "the ringer file is empty");
  if (size > MAX_RINGER_BYTES) throw new CwmpFault(9018, `a ringer file has at most ${MAX_RINGER_BYTES} bytes`);
  await storage.save(RINGER, await readFile(path));
}

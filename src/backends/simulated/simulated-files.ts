import { readFile, stat } from "node:fs/promises";
import { CwmpFault } from "../../cwmp/errors.ts";
import type { FaultCode } from "../../cwmp/faults.ts";
import type { Applied, BackendFiles } from "../../ports/backend.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import type { Random } from "../../ports/random.ts";
import type { Settings } from "../settings/settings.ts";
import { checkFirmwareImage, type FirmwareManifest } from "./firmware-image.ts";
import { matchesAny } from "./name-pattern.ts";

/** The file storage of a simulated phone. */
export interface SimulatedFilesOptions {
  /** Firmware images must be for this model. */
  readonly model: string;
  readonly storage: PhoneStorage;
  /** Absent: every good image is installed and runs. */
  readonly failures?: FirmwareFailures;
}

/** Firmware that fails. In a pattern `*` matches any text. */
export interface FirmwareFailures {
  /** Versions that cannot be installed. */
  readonly refuse: readonly string[];
  /** Versions that are installed and then do not start: after three tries the phone goes back to the old one. */
  readonly bootLoop: readonly string[];
  /** Failing installations, in percent. */
  readonly failPercent: number;
  /** The fault that a failed installation reports to the ACS. */
  readonly faultCode: FaultCode;
  readonly random: Random;
}

/** The running firmware, and the one for the next start. */
export interface SimulatedFirmware {
  /** The running version. */
  version(): string;
  /** Loads the stored state. */
  load(): Promise<void>;
  /** `starts`: whether it will run, or fail to start. */
  install(version: string, starts: boolean): Promise<void>;
  /** Number of starts of the next reboot until a firmware runs. */
  bootsNeeded(): number;
  /** The phone starts: the installed firmware runs, or the old one again. */
  boot(): void;
  /** The version that failed to start, until another one is installed; null: none. */
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
    const { model, storage, failures } = this.#options;
    if (fileType === "5 Ringer File") {
      await storeRinger(path, storage);
      return "applied";
    }
    const image = await checkFirmwareImage(path, model);
    const fault = installFault(image, failures);
    if (fault !== null) throw fault;
    await this.#firmware.install(image.version, startsWell(image, failures));
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

function installFault({ version, fails }: FirmwareManifest, failures: FirmwareFailures | undefined): CwmpFault | null {
  const hasBadLuck =
    failures !== undefined && failures.failPercent > 0 && failures.random.between(0, 100) < failures.failPercent;
  const isRefused = fails === "install" || matchesAny(failures?.refuse ?? [], version);
  if (!hasBadLuck && !isRefused) return null;
  return new CwmpFault(failures?.faultCode ?? 9018, `firmware ${version} could not be installed`);
}

function startsWell({ version, fails }: FirmwareManifest, failures: FirmwareFailures | undefined): boolean {
  return fails !== "boot" && !matchesAny(failures?.bootLoop ?? [], version);
}

async function storeRinger(path: string, storage: PhoneStorage): Promise<void> {
  const { size } = await stat(path);
  if (size === 0) throw new CwmpFault(9018, "the ringer file is empty");
  if (size > MAX_RINGER_BYTES) throw new CwmpFault(9018, `a ringer file has at most ${MAX_RINGER_BYTES} bytes`);
  await storage.save(RINGER, await readFile(path));
}

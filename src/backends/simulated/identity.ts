import type { BackendKey } from "../../ports/backend.ts";
import { PHONE_STATUS } from "../phone-keys.ts";
import type { Behaviour, SimulatedPhone } from "./behaviour.ts";
import type { SimulatedFirmware } from "./simulated-files.ts";

/** Versions, and the seconds since the phone came up last. */
export class IdentityBehaviour implements Behaviour {
  readonly #phone: SimulatedPhone;
  readonly #firmware: Pick<SimulatedFirmware, "version" | "boot">;
  readonly #hardwareVersion: string;
  #upSinceMs: number;

  constructor(phone: SimulatedPhone, firmware: Pick<SimulatedFirmware, "version" | "boot">, hardwareVersion: string) {
    this.#phone = phone;
    this.#firmware = firmware;
    this.#hardwareVersion = hardwareVersion;
    this.#upSinceMs = phone.clock.monotonic();
  }

  supports(key: BackendKey): boolean {
    return this.read(key) !== undefined;
  }

  read(key: BackendKey): string | undefined {
    if (key === PHONE_STATUS.upTime)
      return String(Math.floor((this.#phone.clock.monotonic() - this.#upSinceMs) / 1_000));
    if (key === PHONE_STATUS.softwareVersion) return this.#firmware.version();
    return key === PHONE_STATUS.hardwareVersion ? this.#hardwareVersion : undefined;
  }

  settingsChanged(): void {}

  act(): void {}

  powerOn(): void {
    this.#firmware.boot();
    this.#upSinceMs = this.#phone.clock.monotonic();
  }

  powerOff(): void {}
}

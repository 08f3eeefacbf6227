import { PHONE_STATUS } from "../phone-keys.ts";
import type { BehaviourFactory } from "./behaviour.ts";
import type { SimulatedFirmware } from "./simulated-files.ts";

export interface Identity {
  /** The firmware that runs. */
  readonly firmware: Pick<SimulatedFirmware, "version" | "boot">;
  readonly hardwareVersion: string;
}

/** Versions, and the seconds since the phone came up last. */
export function identityBehaviour({ firmware, hardwareVersion }: Identity): BehaviourFactory {
  return ({ clock }) => {
    let upSinceMs = clock.monotonic();
    const read = (key: string): string | undefined => {
      if (key === PHONE_STATUS.upTime) return String(Math.floor((clock.monotonic() - upSinceMs) / 1_000));
      if (key === PHONE_STATUS.softwareVersion) return firmware.version();
      return key === PHONE_STATUS.hardwareVersion ? hardwareVersion : undefined;
    };
    return {
      supports: (key) => read(key) !== undefined,
      read,
      settingsChanged: () => {},
      act: () => {},
      powerOn() {
        firmware.boot();
        upSinceMs = clock.monotonic();
      },
      powerOff: () => {},
    };
  };
}

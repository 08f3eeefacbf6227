import { createFileStorage, createMemoryStorage } from "../backends/files/phone-storage.ts";
import type { LanAddresses } from "../backends/phone-keys.ts";
import { createSimulatedBackend, type SimulatedBackendOptions } from "../backends/simulated/simulated-backend.ts";
import type { FirmwareTrouble } from "../backends/simulated/simulated-files.ts";
import type { Surroundings } from "../backends/simulated/surroundings.ts";
import type { Config } from "../config/load-config.ts";
import { loadUserScript } from "../config/user-script.ts";
import type { Layouts } from "../parameters/layouts.ts";
import type { Backend } from "../ports/backend.ts";
import type { Random } from "../ports/random.ts";
import { createSeededRandom } from "../system/seeded-random.ts";
import { driftCandidates } from "./drift-candidates.ts";
import type { ThisHost } from "./this-host.ts";

export type SimulatedConfig = Config["backend"] & { readonly type: "simulated" };

type CommonParts = Pick<
  SimulatedBackendOptions,
  "settings" | "restartKeys" | "accounts" | "softwareVersion" | "hardwareVersion" | "clock" | "scheduler" | "log"
> & { readonly random: Random; readonly surroundings: Surroundings };

/** The simulated phone that the settings describe. Throws FindingsError for a script that cannot be used. */
export function createSimulatedPhone(
  backend: SimulatedConfig,
  model: string,
  layouts: Layouts,
  { lan, identity }: Pick<ThisHost, "lan" | "identity">,
  parts: CommonParts,
): Backend {
  const random = (part: string): Random =>
    backend.seed === null ? parts.random : createSeededRandom(`${backend.seed} ${part}`);
  const storage = backend.file === null ? createMemoryStorage() : createFileStorage(backend.file);
  const { driftSeconds, script } = backend;
  return createSimulatedBackend({
    ...parts,
    random: random("phone"),
    lan: simulatedLan(backend.ip, lan, identity.mac),
    rebootMs: backend.rebootSeconds * 1000,
    rebootSpreadMs: backend.rebootSpreadSeconds * 1000,
    files: { model, storage, trouble: firmwareTrouble(backend, random("firmware")) },
    registrars: backend.registrar,
    ...(script === null ? {} : { script: loadUserScript(script, layouts.factory) }),
    ...(driftSeconds === 0
      ? {}
      : { drift: { candidates: driftCandidates(layouts), meanMs: driftSeconds * 1000, random: random("drift") } }),
  });
}

const INSTALL_FAULTS = { "9018": 9018, "9019": 9019, "9010": 9010, "9002": 9002 } as const;

function firmwareTrouble({ firmware }: SimulatedConfig, random: Random): FirmwareTrouble {
  return { ...firmware, faultCode: INSTALL_FAULTS[firmware.faultCode], random };
}

/** A simulated phone is reached where this host is, unless the settings give it an address of its own. */
function simulatedLan(ip: string | null, lan: LanAddresses, macAddress: string): LanAddresses {
  if (ip === null) return { ...lan, macAddress };
  const gateway = ip.replace(/\d+$/, "1");
  const addresses = { defaultGateway: gateway, primaryDns: gateway, secondaryDns: "" };
  return { ipAddress: ip, subnetMask: "255.255.255.0", ...addresses, macAddress };
}

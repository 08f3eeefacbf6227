import { createFileStorage, createMemoryStorage } from "../backends/files/phone-storage.ts";
import type { LanAddresses } from "../backends/phone-keys.ts";
import type { CallHabits } from "../backends/simulated/call-settings.ts";
import type { SimulatedEnvironment } from "../backends/simulated/environment.ts";
import { createSimulatedBackend, type SimulatedBackendOptions } from "../backends/simulated/simulated-backend.ts";
import type { FirmwareTrouble } from "../backends/simulated/simulated-files.ts";
import type { Backend } from "../ports/backend.ts";
import type { Random } from "../ports/random.ts";
import { createSeededRandom } from "../system/seeded-random.ts";
import type { PhoneKind } from "./phones/phone-kind.ts";
import type { PhonesSip } from "./phones/sip.ts";
import type { SimulatedConfig } from "./simulation.ts";
import type { PhoneOnHost } from "./this-host.ts";

type CommonParts = Pick<
  SimulatedBackendOptions,
  "settings" | "restartKeys" | "accounts" | "softwareVersion" | "hardwareVersion" | "clock" | "scheduler" | "log"
> & { readonly random: Random; readonly environment: SimulatedEnvironment; readonly sip: PhonesSip | null };

/** The simulated phone that the settings describe. */
export function createSimulatedPhone(
  backend: SimulatedConfig,
  { config, simulation }: Pick<PhoneKind, "config" | "simulation">,
  { lan, identity, storage: own }: Pick<PhoneOnHost, "lan" | "identity" | "storage">,
  { sip, ...parts }: CommonParts,
): Backend {
  const random = (part: string): Random =>
    backend.seed === null ? parts.random : createSeededRandom(`${backend.seed} ${part}`);
  const storage = own ?? (backend.file === null ? createMemoryStorage() : createFileStorage(backend.file));
  const { script = null, drift = null } = simulation ?? {};
  return createSimulatedBackend({
    ...parts,
    random: random("phone"),
    lan: simulatedLan(backend.ip, lan, identity.mac),
    rebootMs: backend.rebootSeconds * 1000,
    rebootSpreadMs: backend.rebootSpreadSeconds * 1000,
    files: { model: config.phone.model, storage, trouble: firmwareTrouble(backend, random("firmware")) },
    registrars: backend.registrar,
    ...(sip === null || backend.sip === "rules"
      ? {}
      : { lines: sip.linesOf(`${identity.manufacturer} ${config.phone.model}`, parts.accounts, callHabits(backend)) }),
    ...(script === null ? {} : { script }),
    ...(drift === null ? {} : { drift: { ...drift, random: random("drift") } }),
  });
}

function callHabits({ calls }: SimulatedConfig): CallHabits {
  return { answerAfterMs: calls.answer ? calls.answerSeconds * 1000 : null, voice: calls.voice };
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

import type * as z from "zod";
import type { DeepReadonly } from "../../options/option.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Random } from "../../ports/random.ts";
import { createSeededRandom } from "../../system/seeded-random.ts";
import { type BackendContext, type OpenBackend, withoutClose } from "../built-in.ts";
import { createFileStorage, createMemoryStorage } from "../files/phone-storage.ts";
import type { LanAddresses } from "../phone-keys.ts";
import type { CallHabits } from "./call-settings.ts";
import type { Generator } from "./generated-values.ts";
import type { simulatedOptions } from "./options.ts";
import { createSimulatedBackend } from "./simulated-backend.ts";
import type { FirmwareFailures } from "./simulated-files.ts";

type SimulatedSettings = DeepReadonly<z.output<typeof simulatedOptions>>;

/** The backend of a simulated phone, which exists in this program alone. */
export async function openSimulated(backend: SimulatedSettings, context: BackendContext): Promise<OpenBackend> {
  const { phone, accounts, lan, sip, simulation, file, clock, scheduler, log } = context;
  const random = (part: string): Random =>
    backend.seed === null ? context.random : createSeededRandom(`${backend.seed} ${part}`);
  const storage = context.storage ?? (file === null ? createMemoryStorage() : createFileStorage(file));
  const { script = null, drift = null, generators = NO_GENERATORS } = simulation ?? {};
  const simulated = createSimulatedBackend({
    settings: context.openSettings(),
    restartKeys: context.restartKeys,
    accounts,
    softwareVersion: phone.softwareVersion,
    hardwareVersion: phone.hardwareVersion,
    environment: context.environment,
    clock,
    scheduler,
    log,
    random: random("phone"),
    lan: simulatedLan(backend.ip, lan, phone.mac),
    rebootMs: backend.rebootSeconds * 1000,
    rebootSpreadMs: backend.rebootSpreadSeconds * 1000,
    files: { model: phone.model, storage, failures: firmwareFailures(backend, random("firmware")) },
    registrars: backend.registrar,
    ...(sip === null || backend.sip === "rules"
      ? {}
      : { lines: sip.linesOf(`${phone.manufacturer} ${phone.model}`, accounts, callHabits(backend)) }),
    ...(script === null ? {} : { script }),
    ...(generators.size === 0 ? {} : { generated: { generators, seed: ownSeed(random("values"), phone) } }),
    ...(drift === null ? {} : { drift: { ...drift, random: random("drift") } }),
  });
  return withoutClose(simulated);
}

const NO_GENERATORS: ReadonlyMap<BackendKey, Generator> = new Map();

/** Phones that share a seed still have different values. */
function ownSeed(random: Random, { serialNumber }: BackendContext["phone"]): string {
  return `${Buffer.from(random.bytes(8)).toString("hex")} ${serialNumber}`;
}

function callHabits({ calls }: SimulatedSettings): CallHabits {
  return { answerAfterMs: calls.answer ? calls.answerSeconds * 1000 : null, voice: calls.voice };
}

const INSTALL_FAULTS = { "9018": 9018, "9019": 9019, "9010": 9010, "9002": 9002 } as const;

function firmwareFailures({ firmware }: SimulatedSettings, random: Random): FirmwareFailures {
  return { ...firmware, faultCode: INSTALL_FAULTS[firmware.faultCode], random };
}

/** A simulated phone has this host's address, unless the settings give it its own. */
function simulatedLan(ip: string | null, lan: LanAddresses, macAddress: string): LanAddresses {
  if (ip === null) return { ...lan, macAddress };
  const gateway = ip.replace(/\d+$/, "1");
  const addresses = { defaultGateway: gateway, primaryDns: gateway, secondaryDns: "" };
  return { ipAddress: ip, subnetMask: "255.255.255.0", ...addresses, macAddress };
}

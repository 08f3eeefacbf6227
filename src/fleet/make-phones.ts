import { join } from "node:path";
import type { Misbehaviour } from "../config/fleet/scenario-options.ts";
import { createPhone } from "../daemon/phones/create-phone.ts";
import { gateTransport } from "../net/network-gate.ts";
import type { AcsTransport } from "../ports/acs-transport.ts";
import type { BackendKey } from "../ports/backend.ts";
import { createSeededRandom } from "../system/seeded-random.ts";
import { isChosen } from "./chosen-phones.ts";
import type { FleetParts } from "./fleet-parts.ts";
import type { FleetPhone } from "./fleet-phone.ts";
import { createForeignSessions } from "./misbehaviour/foreign-sessions.ts";
import { misbehavingTransport } from "./misbehaviour/misbehaving-transport.ts";
import type { PlannedPhone } from "./plan.ts";

export interface PhoneMaker {
  /** Not started yet. Throws as createPhone does. */
  make(planned: PlannedPhone): Promise<FleetPhone>;
  /** Of these groups, of all where none is named. */
  setAcs(groups: readonly string[], reachable: boolean): void;
}

export interface MakerPorts {
  readonly seed: string;
  readonly injected: (planned: PlannedPhone, what: string) => void;
}

/** Makes the phones of a fleet from what they share: the agent as it is, over a transport of its own where it has to fail. */
export function createPhoneMaker(parts: FleetParts, { seed, injected }: MakerPorts): PhoneMaker {
  const { config, shared, kinds, figures, slots, host, state, plan, tlsCa } = parts;
  const foreign = createForeignSessions();
  const unreachable = new Map<string, number>();
  const before = new Map(plan.map((planned, at) => [planned, plan[at - 1]] as const));
  const faultsOf = (planned: PlannedPhone) =>
    config.misbehaviour.filter((one, at) => isChosen(one, planned, `${seed} ${one.fault} ${at}`));

  const transportOf = (planned: PlannedPhone, faults: ReturnType<typeof faultsOf>): AcsTransport => {
    const isUp = (): boolean => (unreachable.get(planned.group.name) ?? 0) === 0;
    const gated = gateTransport(shared.transport, isUp);
    if (faults.length === 0) return gated;
    const wait = (ms: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const timer = shared.scheduler.after(ms, "misbehaviour of a phone", resolve);
        signal.addEventListener("abort", () => {
          timer.cancel();
          resolve();
        });
      });
    const tell = (fault: Misbehaviour): void => injected(planned, fault);
    const allowed = (signal: AbortSignal): Promise<void> => slots.pauses.allowed(planned.name, signal);
    return misbehavingTransport(gated, { faults, foreign, ca: tlsCa, wait, allowed, injected: tell });
  };

  return {
    async make(planned) {
      const { name, group, settings } = planned;
      const kind = kinds.get(group.name);
      const own = figures.groups.get(group.name);
      if (kind === undefined || own === undefined) throw new RangeError(`there is no group ${group.name}`);
      const faults = faultsOf(planned);
      const double = faults.some(({ fault }) => fault === "sameIdentity") ? before.get(planned) : undefined;
      if (double !== undefined) injected(planned, "sameIdentity");
      const { identity } = double ?? planned;
      const random = config.seed === null ? shared.random : createSeededRandom(`${seed} ${name}`);
      const ofClone = kind.ownValues(planned.identity.mac, { index: planned.index, group: group.name });
      const phone = await createPhone(
        { ...shared, random, meter: own.meter, transport: transportOf(planned, faults) },
        {
          name,
          kind,
          identity,
          host,
          settings: joined(settings, ofClone),
          ...state.of(planned),
          folder: join(state.folder, name),
        },
      );
      return { planned, phone, figures: own.phone() };
    },
    setAcs(groups, reachable) {
      for (const { name } of config.groups) {
        if (groups.length > 0 && !groups.includes(name)) continue;
        unreachable.set(name, Math.max((unreachable.get(name) ?? 0) + (reachable ? -1 : 1), 0));
      }
    },
  };
}

type OwnSettings = ReadonlyMap<BackendKey, string>;

/** Most phones have none but those of the plan. */
function joined(planned: OwnSettings, ofClone: OwnSettings): OwnSettings {
  return ofClone.size === 0 ? planned : new Map([...ofClone, ...planned]);
}

import { messageOf } from "../../cwmp/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { ChangeByDevice, Hardware } from "../hardware.ts";
import { delay } from "../poll.ts";
import type { ReportChanges } from "../settings/settings.ts";
import type { BehaviourFactory, SimulatedPhone } from "./behaviour.ts";
import { createHandset } from "./handset.ts";

export interface SimulatedHardwareParts extends Omit<SimulatedPhone, "report" | "change" | "handset"> {
  readonly change: ChangeByDevice;
  readonly log: Pick<Logger, "info" | "warn">;
  /** How long the next reboot takes. */
  readonly rebootMs: () => number;
}

/** A phone made of behaviours, which can be switched off and on. */
export function createSimulatedHardware(
  parts: SimulatedHardwareParts,
  behaviours: readonly BehaviourFactory[],
): Hardware {
  let listener: ReportChanges = () => {};
  const phone = phoneOf(parts, (changes) => listener(changes));
  const all = behaviours.map((create) => create(phone));
  let isOn = false;
  let isStopped = false;
  let endReboot = () => {};

  function powerOn(): void {
    if (isStopped) return;
    isOn = true;
    phone.surroundings.powerOn();
    for (const behaviour of all) behaviour.powerOn();
  }

  function powerOff(): void {
    isOn = false;
    for (const behaviour of all) behaviour.powerOff();
  }

  phone.surroundings.onLink(() => {
    if (isOn) for (const behaviour of all) behaviour.linkChanged?.();
  });
  return {
    calls: phone.handset,
    supports: (key) => all.some((behaviour) => behaviour.supports(key)),
    async start(report) {
      isStopped = false;
      // How the phone comes up is no change.
      powerOn();
      listener = report;
      for (const behaviour of all) behaviour.begin?.();
    },
    async stop() {
      isStopped = true;
      listener = () => {};
      for (const behaviour of all) behaviour.end?.();
      powerOff();
      endReboot();
    },
    read: (key) => all.find((behaviour) => behaviour.supports(key))?.read(key),
    settingsChanged(keys) {
      if (isOn) for (const behaviour of all) behaviour.settingsChanged(keys);
    },
    async act(key) {
      if (isOn) for (const behaviour of all) behaviour.act(key);
    },
    shutDown() {
      powerOff();
      // Who stops the phone must not wait for it to come up.
      const stopping = new AbortController();
      endReboot = () => stopping.abort();
      return delay(phone.scheduler, parts.rebootMs(), "reboot of the simulated phone", stopping.signal);
    },
    powerOn,
  };
}

function phoneOf(parts: SimulatedHardwareParts, report: ReportChanges): SimulatedPhone {
  const { clock, scheduler, random, setting, surroundings, change, log } = parts;
  const refused = (error: unknown): void => log.warn({}, `the simulated phone cannot be set: ${messageOf(error)}`);
  const set = (values: Parameters<ChangeByDevice>[0]): void => void change(values).catch(refused);
  const handset = createHandset();
  return { clock, scheduler, random, setting, surroundings, handset, report, change: set, log };
}

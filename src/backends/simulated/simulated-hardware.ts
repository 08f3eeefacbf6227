import type { Hardware } from "../hardware.ts";
import { delay } from "../poll.ts";
import type { ReportChanges } from "../settings/settings.ts";
import type { BehaviourFactory, SimulatedPhone } from "./behaviour.ts";

/** A phone made of behaviours, which can be switched off and on. */
export function createSimulatedHardware(
  parts: Omit<SimulatedPhone, "report">,
  behaviours: readonly BehaviourFactory[],
  rebootMs: number,
): Hardware {
  let listener: ReportChanges = () => {};
  const phone: SimulatedPhone = { ...parts, report: (changes) => listener(changes) };
  const all = behaviours.map((create) => create(phone));
  let isOn = false;
  let isStopped = false;
  let endReboot = () => {};

  function powerOn(): void {
    if (isStopped) return;
    isOn = true;
    for (const behaviour of all) behaviour.powerOn();
  }

  function powerOff(): void {
    isOn = false;
    for (const behaviour of all) behaviour.powerOff();
  }

  return {
    supports: (key) => all.some((behaviour) => behaviour.supports(key)),
    async start(report) {
      isStopped = false;
      // How the phone comes up is no change.
      powerOn();
      listener = report;
    },
    async stop() {
      isStopped = true;
      listener = () => {};
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
      return delay(phone.scheduler, rebootMs, "reboot of the simulated phone", stopping.signal);
    },
    powerOn,
  };
}

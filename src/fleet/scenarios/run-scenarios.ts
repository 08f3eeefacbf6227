import type { ScenarioSettings } from "../../config/fleet/scenario-options.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { FleetPhone } from "../fleet-phone.ts";
import type { PlannedPhone } from "../plan.ts";
import { type Action, type ActionPorts, actionOf } from "./actions.ts";
import { type ScheduledStep, scheduleRound } from "./schedule.ts";

export interface ScenarioPorts extends Omit<ActionPorts, "after"> {
  readonly scheduler: Scheduler;
  readonly elapsedMs: () => number;
  readonly plan: readonly PlannedPhone[];
  /** Undefined: it is not started yet. */
  readonly phoneOf: (planned: PlannedPhone) => FleetPhone | undefined;
  readonly setAcs: (groups: readonly string[], reachable: boolean) => void;
  readonly notice: (message: string) => void;
  readonly injected: (planned: PlannedPhone, what: string) => void;
}

/** Answers how to end them. */
export function runScenarios(
  scenarios: readonly ScenarioSettings[],
  seed: string,
  ports: ScenarioPorts,
): { stop(): void } {
  const timers = new Set<Timer>();
  const after = (delayMs: number, run: () => void): void => {
    const timer = ports.scheduler.after(delayMs, "scenario of the fleet", () => {
      timers.delete(timer);
      run();
    });
    timers.add(timer);
  };
  for (const scenario of scenarios) {
    const action = actionOf(scenario, { ...ports, after });
    if (action === null) runOutage(scenario, 1, ports, after);
    else runRound(scenario, action, { seed, round: 1 }, ports, after);
  }
  return {
    stop() {
      for (const timer of timers) timer.cancel();
    },
  };
}

type After = ActionPorts["after"];

function runOutage(scenario: ScenarioSettings, round: number, ports: ScenarioPorts, after: After): void {
  const { atSeconds, everySeconds, forSeconds, times, groups, kind } = scenario;
  const dueMs = (atSeconds + (round - 1) * everySeconds) * 1000 - ports.elapsedMs();
  after(Math.max(dueMs, 0), () => {
    ports.setAcs(groups, false);
    ports.notice(`${kind}: nothing gets through to the ACS for ${forSeconds} s`);
    for (const planned of ports.plan)
      if (groups.length === 0 || groups.includes(planned.group.name)) ports.injected(planned, kind);
    after(forSeconds * 1000, () => {
      ports.setAcs(groups, true);
      ports.notice(`${kind}: the ACS is back`);
      if (round < times) runOutage(scenario, round + 1, ports, after);
    });
  });
}

/** One timer at a time, for the next phone: a round of ten thousand phones has no ten thousand timers. */
function runRound(
  scenario: ScenarioSettings,
  action: Action,
  { seed, round }: { readonly seed: string; readonly round: number },
  ports: ScenarioPorts,
  after: After,
): void {
  const steps = scheduleRound(scenario, ports.plan, { seed, round });
  let next = 0;
  const goOn = (): void => {
    for (let step = steps[next]; step !== undefined; step = steps[next]) {
      const inMs = step.atMs - ports.elapsedMs();
      if (inMs > 0) {
        after(inMs, goOn);
        return;
      }
      if (next === 0) ports.notice(`${scenario.kind}: ${steps.length} phones, round ${round} of ${scenario.times}`);
      next++;
      void act(scenario, action, step, ports);
    }
    if (round < scenario.times) runRound(scenario, action, { seed, round: round + 1 }, ports, after);
  };
  if (steps.length > 0) goOn();
}

async function act({ kind }: ScenarioSettings, action: Action, step: ScheduledStep, ports: ScenarioPorts) {
  const phone = ports.phoneOf(step.phone);
  if (phone === undefined) return;
  try {
    await action(phone, step.round);
    ports.injected(step.phone, kind);
  } catch {
    // It is restarting: what happens to it now, nobody sees.
  }
}

import type { ScenarioSettings } from "../../config/fleet/scenario-options.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { FleetPhone } from "../fleet-phone.ts";
import type { PlannedPhone } from "../plan.ts";
import { type Action, type ActionPorts, actionOf } from "./actions.ts";
import { ScenarioTime } from "./scenario-time.ts";
import { type ScheduledStep, scheduleRound } from "./schedule.ts";

export interface ScenarioPorts extends Omit<ActionPorts, "after"> {
  readonly scheduler: Scheduler;
  readonly elapsedMs: () => number;
  /** As they are now. */
  readonly phones: () => readonly PlannedPhone[];
  /** Undefined: it is not started yet, or was removed. */
  readonly phoneOf: (planned: PlannedPhone) => FleetPhone | undefined;
  readonly setAcs: (groups: readonly string[], reachable: boolean) => void;
  readonly notice: (message: string) => void;
  readonly injected: (planned: PlannedPhone, what: string) => void;
}

/** A scenario that runs, or has run. */
export interface RunningScenario {
  readonly settings: ScenarioSettings;
  /** The last round that has begun; 0: none. */
  readonly round: number;
  readonly isDone: boolean;
  /** How many of its seconds pass in a second. */
  readonly rate: number;
  /** From now on; 0: it waits. What it has begun, such as an outage, ends when it would have. */
  setRate(rate: number): void;
}

export interface RunningScenarios {
  /** Those of fleet.yaml, in their order. */
  readonly all: readonly RunningScenario[];
  /** One more, of these phones, whose time begins now. */
  start(settings: ScenarioSettings, seed: string, phones: readonly PlannedPhone[]): void;
  stop(): void;
}

export function runScenarios(
  scenarios: readonly ScenarioSettings[],
  seed: string,
  ports: ScenarioPorts,
): RunningScenarios {
  const running = new Set<Scenario>();
  const start = (settings: ScenarioSettings, chosenBy: string, own: Partial<ScenarioPorts> = {}): Scenario => {
    const scenario = new Scenario(settings, chosenBy, { ...ports, ...own }, () => running.delete(scenario));
    running.add(scenario);
    scenario.start();
    return scenario;
  };
  return {
    all: scenarios.map((settings) => start(settings, seed)),
    start(settings, chosenBy, phones) {
      const atMs = ports.elapsedMs();
      start(settings, chosenBy, { elapsedMs: () => ports.elapsedMs() - atMs, phones: () => phones });
    },
    stop() {
      for (const scenario of running) scenario.stop();
    },
  };
}

class Scenario implements RunningScenario {
  readonly settings: ScenarioSettings;
  round = 0;
  isDone = false;
  readonly #seed: string;
  readonly #ports: ScenarioPorts;
  readonly #time: ScenarioTime;
  readonly #action: Action | null;
  readonly #timers = new Set<Timer>();
  readonly #ended: () => void;

  constructor(settings: ScenarioSettings, seed: string, ports: ScenarioPorts, ended: () => void) {
    this.settings = settings;
    this.#seed = seed;
    this.#ports = ports;
    this.#time = new ScenarioTime(ports);
    this.#action = actionOf(settings, { ...ports, after: (delayMs, run) => this.#after(delayMs, run) });
    this.#ended = ended;
  }

  get rate(): number {
    return this.#time.rate;
  }

  setRate(rate: number): void {
    this.#time.setRate(rate);
  }

  start(): void {
    this.#nextRound();
  }

  stop(): void {
    this.#time.stop();
    for (const timer of this.#timers) timer.cancel();
  }

  #nextRound(): void {
    const { atSeconds, everySeconds, times } = this.settings;
    if (this.round === times) {
      this.isDone = true;
      if (this.#timers.size === 0) this.#ended();
      return;
    }
    this.#time.at((atSeconds + this.round * everySeconds) * 1000, () => {
      this.round++;
      if (this.#action === null) this.#outage();
      else this.#steps(this.#action);
    });
  }

  #outage(): void {
    const { forSeconds, groups, kind } = this.settings;
    const { setAcs, notice, phones, injected } = this.#ports;
    setAcs(groups, false);
    notice(`${kind}: nothing gets through to the ACS for ${forSeconds} s`);
    for (const planned of phones())
      if (groups.length === 0 || groups.includes(planned.group.name)) injected(planned, kind);
    this.#after(forSeconds * 1000, () => {
      setAcs(groups, true);
      notice(`${kind}: the ACS is back`);
      this.#nextRound();
    });
  }

  /** One timer at a time, for the next phone: a round of ten thousand phones has no ten thousand timers. */
  #steps(action: Action): void {
    const { kind, times } = this.settings;
    const { notice, phones } = this.#ports;
    const steps = scheduleRound(this.settings, phones(), { seed: this.#seed, round: this.round });
    notice(`${kind}: ${steps.length} phones, round ${this.round} of ${times}`);
    let next = 0;
    const goOn = (): void => {
      for (let step = steps[next]; step !== undefined; step = steps[next]) {
        if (step.atMs > this.#time.nowMs()) {
          this.#time.at(step.atMs, goOn);
          return;
        }
        next++;
        void this.#act(action, step);
      }
      this.#nextRound();
    };
    goOn();
  }

  async #act(action: Action, step: ScheduledStep): Promise<void> {
    const phone = this.#ports.phoneOf(step.phone);
    if (phone === undefined) return;
    try {
      await action(phone, step.round);
      this.#ports.injected(step.phone, this.settings.kind);
    } catch {
      // It is restarting: the action would have no visible effect.
    }
  }

  #after(delayMs: number, run: () => void): void {
    const timer = this.#ports.scheduler.after(delayMs, "scenario of the fleet", () => {
      this.#timers.delete(timer);
      run();
      if (this.isDone && this.#timers.size === 0) this.#ended();
    });
    this.#timers.add(timer);
  }
}

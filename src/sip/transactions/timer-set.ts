import type { Scheduler, Timer } from "../../ports/clock.ts";

/** The few timers of one transaction or dialog, by name. */
export class TimerSet<Name extends string> {
  readonly #scheduler: Scheduler;
  readonly #running = new Map<Name, Timer>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  start(name: Name, afterMs: number, run: () => void): void {
    this.stop(name);
    const fire = (): void => {
      this.#running.delete(name);
      run();
    };
    this.#running.set(name, this.#scheduler.after(afterMs, `SIP ${name}`, fire));
  }

  stop(name: Name): void {
    this.#running.get(name)?.cancel();
    this.#running.delete(name);
  }

  stopAll(): void {
    for (const timer of this.#running.values()) timer.cancel();
    this.#running.clear();
  }
}

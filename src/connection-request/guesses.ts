import type { Scheduler, Timer } from "../ports/clock.ts";
import type { FailedAttempts } from "../ports/failed-attempts.ts";
import { plainAddress, sourceOf } from "../system/request-source.ts";

/** The result of a log-in attempt; `other`: it reveals nothing about the password, or its client has gone. */
export type AttemptResult = "accepted" | "failed" | "other";

export interface Attempt {
  /** IP address. */
  readonly from: string;
  /** Checks it, now or later. */
  look(): AttemptResult;
  /** Called if it is not checked, because too many wait. */
  drop(): void;
}

/**
 * Slows guessing down and still lets the ACS in soon. Attempts of a source that has failed too often are not refused but wait,
 * and are looked at one by one: those of the address with the fewest failures first, then the newest. So an attacker
 * waits behind everyone else, even among the addresses that count as one source.
 */
export interface Guesses {
  attempt(attempt: Attempt): void;
  /** What waits is dropped. */
  close(): void;
}

/** Attempts of one source, and of all, that wait at most. */
const MAX_OF_SOURCE = 32;
const MAX_WAITING = 256;
/** Addresses whose failures are counted. */
const MAX_ADDRESSES = 1000;

interface Waiting {
  readonly attempts: Attempt[];
  timer: Timer | null;
}

/** @param source which addresses count as one. */
export function createGuesses(
  failures: FailedAttempts,
  scheduler: Scheduler,
  source: (address: string) => string = sourceOf,
): Guesses {
  return new WaitingGuesses(failures, scheduler, source);
}

class WaitingGuesses implements Guesses {
  readonly #failures: FailedAttempts;
  readonly #sourceOf: (address: string) => string;
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<string, Waiting>();
  /** Failures by address, in the order of the last one. */
  readonly #failed = new Map<string, number>();

  constructor(failures: FailedAttempts, scheduler: Scheduler, source: (address: string) => string) {
    this.#sourceOf = source;
    this.#failures = failures;
    this.#scheduler = scheduler;
  }

  attempt(attempt: Attempt): void {
    const source = this.#sourceOf(attempt.from);
    const known = this.#waiting.get(source);
    if (known === undefined && this.#failures.waitMs(source) === 0) {
      this.#look(source, attempt);
      return;
    }
    const waiting = known ?? { attempts: [], timer: null };
    this.#waiting.set(source, waiting);
    waiting.attempts.push(attempt);
    if (waiting.attempts.length > MAX_OF_SOURCE || this.#count() > MAX_WAITING) this.#dropOne(waiting);
    this.#goOn(source, waiting);
  }

  close(): void {
    for (const { attempts, timer } of this.#waiting.values()) {
      timer?.cancel();
      for (const attempt of attempts) attempt.drop();
    }
    this.#waiting.clear();
  }

  #count(): number {
    return [...this.#waiting.values()].reduce((sum, { attempts }) => sum + attempts.length, 0);
  }

  /** The oldest one of the address with most failures. */
  #dropOne({ attempts }: Waiting): void {
    const most = Math.max(...attempts.map((attempt) => this.#failuresOf(attempt)));
    const at = attempts.findIndex((attempt) => this.#failuresOf(attempt) === most);
    for (const attempt of attempts.splice(at, 1)) attempt.drop();
  }

  #goOn(source: string, waiting: Waiting): void {
    if (waiting.timer !== null) return;
    if (waiting.attempts.length === 0) {
      this.#waiting.delete(source);
      return;
    }
    waiting.timer = this.#scheduler.after(this.#failures.waitMs(source), "connection request attempts", () => {
      waiting.timer = null;
      this.#next(source, waiting);
      this.#goOn(source, waiting);
    });
  }

  #next(source: string, { attempts }: Waiting): void {
    while (attempts.length > 0 && this.#failures.waitMs(source) === 0) {
      const fewest = Math.min(...attempts.map((attempt) => this.#failuresOf(attempt)));
      const at = attempts.findLastIndex((attempt) => this.#failuresOf(attempt) === fewest);
      for (const attempt of attempts.splice(at, 1)) this.#look(source, attempt);
    }
  }

  #look(source: string, attempt: Attempt): void {
    const address = plainAddress(attempt.from);
    const result = attempt.look();
    if (result === "other") return;
    const before = this.#failed.get(address) ?? 0;
    this.#failed.delete(address);
    if (result === "accepted") {
      this.#failures.succeeded(source);
      return;
    }
    this.#failures.failed(source);
    for (const oldest of this.#failed.keys()) {
      if (this.#failed.size < MAX_ADDRESSES) break;
      this.#failed.delete(oldest);
    }
    this.#failed.set(address, before + 1);
  }

  #failuresOf({ from }: Attempt): number {
    return this.#failed.get(plainAddress(from)) ?? 0;
  }
}

import { isClockSet } from "../../cwmp/date-time.ts";
import { type DurableCell, type DurableState, stateDocument } from "../../durable/durable-state.ts";
import { nullOr, number, shape } from "../../durable/read.ts";
import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";

/** The interval of notes while something waits: a power cut loses at most this much of the wait. */
const NOTE_MS = 600_000;
/** After this time a clock that nothing has set is trusted. */
const TRUST_MS = 3_600_000;
const JUMP_MS = 1_000;

/** The same instant on both clocks. */
interface Reference {
  readonly steady: number;
  readonly wall: number;
}

interface Noted {
  /** It was at least this late; null before the first start. */
  readonly steady: number | null;
  /** By a clock that was set; null: there has been none. */
  readonly reference: Reference | null;
}

const TIME_DOCUMENT = stateDocument<Noted>(
  "time",
  { steady: null, reference: null },
  shape({ steady: nullOr(number), reference: nullOr(shape({ steady: number, wall: number })) }),
);

/**
 * Time for delays that survives restarts and clock changes: milliseconds that start as those since 1970, never jump
 * with the wall clock, and count only time that has certainly passed. After a power cut it continues from the last
 * note, plus the time in between by the wall clock: at once, or when the clock is set later. So a wait never lasts
 * longer than requested since the last start, and never ends early.
 */
export interface SteadyTime {
  /** Whole milliseconds. */
  now(): number;
  /** Stored data shows that it is at least this late. */
  atLeast(at: number): void;
  /** Call it before storing something that waits: the next start then knows the present. Never rejects. */
  note(): Promise<void>;
  /** Runs at that time, or as soon as that time turns out to have passed. `run` must not fail. */
  at(due: number, name: string, run: () => void): { cancel(): void };
  stop(): void;
}

export interface SteadyTimeOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly state: DurableState;
}

export async function openSteadyTime(options: SteadyTimeOptions): Promise<SteadyTime> {
  return new Steady(options, await options.state.open(TIME_DOCUMENT));
}

interface Waiting {
  readonly due: number;
  readonly name: string;
  readonly run: () => void;
  timer: Timer | null;
}

const NOTHING: readonly Waiting[] = [];

class Steady implements SteadyTime {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #noted: DurableCell<Noted>;
  readonly #unwatch: () => void;
  #waiting: readonly Waiting[] = NOTHING;
  readonly #startedMs: number;
  /** Steady time less monotonic time, in whole milliseconds: sums with a due time are exact. */
  #offset: number;
  /** Whether the time since the last note is known, as far as it can be. */
  #resolved: boolean;
  #notedMs: number;
  #noting: Timer | null = null;

  constructor({ clock, scheduler }: SteadyTimeOptions, noted: DurableCell<Noted>) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#noted = noted;
    this.#startedMs = clock.monotonic();
    this.#notedMs = this.#startedMs;
    const { steady, reference } = noted.current;
    const found = this.#byReference();
    this.#resolved = found !== null || reference === null;
    const now = Math.max(steady ?? clock.now(), found ?? Number.NEGATIVE_INFINITY);
    this.#offset = Math.round(now - this.#startedMs);
    this.#unwatch = clock.onSet(() => this.#clockSet());
  }

  now(): number {
    return Math.round(this.#offset + this.#clock.monotonic());
  }

  atLeast(at: number): void {
    if (at <= this.now()) return;
    this.#offset = Math.ceil(at - this.#clock.monotonic());
    for (const waiting of this.#waiting) this.#wait(waiting);
  }

  async note(): Promise<void> {
    if (!this.#isNoted()) await this.#note();
  }

  at(due: number, name: string, run: () => void): { cancel(): void } {
    const waiting: Waiting = { due, name, run, timer: null };
    this.#waiting = [...this.#waiting, waiting];
    this.#wait(waiting);
    this.#noteFromTimeToTime();
    return { cancel: () => this.#drop(waiting) };
  }

  stop(): void {
    this.#unwatch();
    for (const waiting of this.#waiting) this.#drop(waiting);
  }

  #wait(waiting: Waiting): void {
    waiting.timer?.cancel();
    waiting.timer = this.#scheduler.after(Math.max(0, waiting.due - this.now()), waiting.name, () => {
      this.#drop(waiting);
      waiting.run();
    });
  }

  #drop(waiting: Waiting): void {
    waiting.timer?.cancel();
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
    if (this.#waiting.length > 0) return;
    this.#noting?.cancel();
    this.#noting = null;
  }

  async #note(): Promise<void> {
    this.#notedMs = this.#clock.monotonic();
    await this.#noted.learn((before) => ({
      steady: this.now(),
      reference: this.#reference() ?? before.reference,
    }));
  }

  #noteFromTimeToTime(): void {
    if (this.#noting !== null) return;
    const waitMs = Math.max(0, this.#notedMs + NOTE_MS - this.#clock.monotonic());
    this.#noting = this.#scheduler.after(waitMs, "note of the time", () => {
      this.#noting = null;
      if (this.#clock.monotonic() - this.#startedMs >= TRUST_MS) this.#resolved = true;
      void this.#note();
      if (this.#waiting.length > 0) this.#noteFromTimeToTime();
    });
  }

  #clockSet(): void {
    const found = this.#resolved ? null : this.#byReference();
    if (found !== null) {
      this.#resolved = true;
      this.atLeast(found);
    }
    if (this.#waiting.length > 0) void this.note();
  }

  /** The time since the last note by the wall clock; null if that cannot be right. */
  #byReference(): number | null {
    const { reference } = this.#noted.current;
    const wall = this.#clock.now();
    if (reference === null || !isClockSet(wall) || wall < reference.wall) return null;
    return reference.steady + wall - reference.wall;
  }

  #reference(): Reference | null {
    const wall = this.#clock.now();
    return this.#resolved && isClockSet(wall) ? { steady: this.now(), wall } : null;
  }

  /** Recently, and by a clock that has not been set since. */
  #isNoted(): boolean {
    const { steady, reference } = this.#noted.current;
    if (steady === null || steady < this.now() - NOTE_MS) return false;
    const present = this.#reference();
    if (present === null) return true;
    return reference !== null && Math.abs(present.wall - present.steady - reference.wall + reference.steady) < JUMP_MS;
  }
}

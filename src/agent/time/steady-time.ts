import { isClockSet } from "../../cwmp/date-time.ts";
import { type DurableCell, type DurableState, stateDocument } from "../../durable/durable-state.ts";
import { nullOr, number, shape } from "../../durable/read.ts";
import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";

/** While something waits: no power cut takes more of the waiting than this. */
const NOTE_MS = 600_000;
/** A clock that is set by then in no way is taken at its word. */
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
 * Time for delays, over restarts and whatever is done to the clock: milliseconds that begin as those since 1970, never jump with
 * the wall clock, and count what has passed for certain. After a power cut that is what was noted before it, and what the wall
 * clock says of the time in between: at once, or when it is set right later. So what waits never waits longer than it was
 * asked to since the last start, and begins no earlier than it should.
 */
export interface SteadyTime {
  /** Whole milliseconds. */
  now(): number;
  /** Something kept shows that it is at least this late. */
  atLeast(at: number): void;
  /** Before something is kept that waits: the present is known to the next start. Never rejects. */
  note(): Promise<void>;
  /** Runs then, or as soon as it turns out to be later. `run` must not fail. */
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

  /** What the wall clock says of the time since the last note; null where it cannot be right. */
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

  /** A short while ago, and by a clock that has not been set since then. */
  #isNoted(): boolean {
    const { steady, reference } = this.#noted.current;
    if (steady === null || steady < this.now() - NOTE_MS) return false;
    const present = this.#reference();
    if (present === null) return true;
    return reference !== null && Math.abs(present.wall - present.steady - reference.wall + reference.steady) < JUMP_MS;
  }
}

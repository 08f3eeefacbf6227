import { CwmpFault, messageOf } from "../cwmp/errors.ts";
import type { CwmpEvent } from "../cwmp/events.ts";
import { type DurableCell, type DurableState, stateDocument } from "../durable/durable-state.ts";
import { listOf, shape, text, wholeNumber } from "../durable/read.ts";
import { SerialQueue } from "../durable/serial-queue.ts";
import type { Clock, Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Feature } from "./feature.ts";

/** Half of what one Inform can tell; beyond it ScheduleInform is answered with 9004. */
const MOST_PENDING = 32;
/** The longest wait before what is kept is compared with the wall clock, which may have been set. */
const LONGEST_WAIT_MS = 3_600_000;
/** A kept time that is off by less is as good as right. */
const CLOCK_TOLERANCE_MS = 1_000;

interface SavedInform {
  readonly commandKey: string;
  readonly delaySeconds: number;
  /** Wall time, milliseconds since 1970. */
  readonly due: number;
}

interface PendingInform {
  readonly commandKey: string;
  readonly delaySeconds: number;
  /** On the monotonic clock: a delay does not change when somebody sets the clock. */
  readonly dueMs: number;
}

const SCHEDULED_INFORMS_DOCUMENT = stateDocument<readonly SavedInform[]>(
  "scheduled-informs",
  [],
  listOf(shape({ commandKey: text, delaySeconds: wholeNumber, due: wholeNumber })),
);

/** Informs that the ACS has asked for with ScheduleInform, over restarts (C-192, C-193). */
export interface ScheduledInforms extends Feature {
  /** Durable when it resolves. CwmpFault 9004 when too many are pending. */
  schedule(delaySeconds: number, commandKey: string): Promise<void>;
}

export interface ScheduledInformsOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly state: DurableState;
  readonly log: Logger;
  /** Raises events and opens a session for them. Never rejects. */
  readonly raise: (events: readonly CwmpEvent[]) => Promise<void>;
}

export function createScheduledInforms(options: ScheduledInformsOptions): ScheduledInforms {
  return new Informs(options);
}

class Informs implements ScheduledInforms {
  readonly #options: ScheduledInformsOptions;
  #pending: readonly PendingInform[] = [];
  #saved: DurableCell<readonly SavedInform[]> | null = null;
  #timer: Timer | null = null;
  #stopped = false;
  /** One change of the list after the other. */
  readonly #queue = new SerialQueue();

  constructor(options: ScheduledInformsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { clock, state } = this.#options;
    this.#saved = await state.open(SCHEDULED_INFORMS_DOCUMENT);
    this.#pending = this.#saved.current.map(({ commandKey, delaySeconds, due }) => {
      // Whatever was done to the clock meanwhile: never longer than the ACS has asked for.
      const leftMs = Math.min(Math.max(due - clock.now(), 0), delaySeconds * 1000);
      return { commandKey, delaySeconds, dueMs: clock.monotonic() + leftMs };
    });
    this.#wait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#queue.settled();
  }

  requests(): readonly [] {
    return [];
  }

  schedule(delaySeconds: number, commandKey: string): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#pending.length >= MOST_PENDING) {
        throw new CwmpFault(9004, `${MOST_PENDING} scheduled Informs are pending already`);
      }
      const dueMs = this.#options.clock.monotonic() + delaySeconds * 1000;
      const next = [...this.#pending, { commandKey, delaySeconds, dueMs }];
      await this.#saved?.update((now) => this.#toSave(next, now));
      this.#take(next);
    });
  }

  #wait(): void {
    this.#timer?.cancel();
    if (this.#stopped || this.#pending.length === 0) return;
    const { clock, scheduler } = this.#options;
    const soonestMs = Math.min(...this.#pending.map(({ dueMs }) => dueMs)) - clock.monotonic();
    const delayMs = Math.min(Math.max(soonestMs, 0), LONGEST_WAIT_MS);
    this.#timer = scheduler.after(delayMs, "scheduled Inform", () => this.#wake());
  }

  #wake(): void {
    this.#queue
      .run(() => this.#tell())
      .catch((error) => this.#options.log.error({ reason: messageOf(error) }, "A scheduled Inform could not be told"));
  }

  /** First the events, then the list: a power cut in between tells one twice rather than never. */
  async #tell(): Promise<void> {
    const now = this.#options.clock.monotonic();
    const due = this.#pending.filter(({ dueMs }) => dueMs <= now);
    if (due.length > 0) {
      const causes = due.map(({ commandKey }) => ({ code: "M ScheduleInform", commandKey }) as const);
      await this.#options.raise([{ code: "3 SCHEDULED", commandKey: "" }, ...causes]);
    }
    const left = this.#pending.filter((inform) => !due.includes(inform));
    await this.#saved?.learn((saved) => this.#toSave(left, saved));
    this.#take(left);
  }

  #take(next: readonly PendingInform[]): void {
    this.#pending = next;
    this.#wait();
  }

  /** What is saved already where that is as good. */
  #toSave(next: readonly PendingInform[], saved: readonly SavedInform[]): readonly SavedInform[] {
    const { clock } = this.#options;
    const offset = clock.now() - clock.monotonic();
    const wanted = next.map(({ commandKey, delaySeconds, dueMs }) => ({
      commandKey,
      delaySeconds,
      due: Math.round(dueMs + offset),
    }));
    return isSame(wanted, saved) ? saved : wanted;
  }
}

function isSame(a: readonly SavedInform[], b: readonly SavedInform[]): boolean {
  return (
    a.length === b.length &&
    a.every((inform, at) => {
      const other = b[at];
      if (other === undefined || inform.commandKey !== other.commandKey) return false;
      return Math.abs(inform.due - other.due) <= CLOCK_TOLERANCE_MS;
    })
  );
}

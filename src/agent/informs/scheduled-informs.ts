import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import type { CwmpEvent } from "../../cwmp/events.ts";
import { type DurableCell, stateDocument } from "../../durable/durable-state.ts";
import { listOf, number, shape, text, wholeNumber } from "../../durable/read.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Feature } from "../core/feature.ts";
import type { EventQueue } from "../events/event-queue.ts";
import type { SteadyTime } from "../time/steady-time.ts";

/** Half of what one Inform can carry; beyond it ScheduleInform is answered with 9004. */
const MAX_PENDING = 32;

const CODE = "M ScheduleInform";

interface PendingInform {
  readonly commandKey: string;
  readonly delaySeconds: number;
  /** See `SteadyTime`. */
  readonly due: number;
}

export type ScheduledInformsCell = DurableCell<readonly PendingInform[]>;

export const SCHEDULED_INFORMS_DOCUMENT = stateDocument<readonly PendingInform[]>(
  "scheduled-informs",
  [],
  listOf(shape({ commandKey: text, delaySeconds: wholeNumber, due: number })),
);

/** Informs requested with ScheduleInform, over restarts (C-192, C-193). */
export interface ScheduledInforms extends Feature {
  /** Durable when it resolves. CwmpFault 9004 when too many are pending. */
  schedule(delaySeconds: number, commandKey: string): Promise<void>;
}

export interface ScheduledInformsOptions {
  readonly time: SteadyTime;
  readonly phone: { readonly scheduledInforms: ScheduledInformsCell };
  readonly log: Logger;
  raise(...events: readonly CwmpEvent[]): Promise<void>;
  readonly events: Pick<EventQueue, "pending">;
}

export function createScheduledInforms(options: ScheduledInformsOptions): ScheduledInforms {
  return new Informs(options);
}

class Informs implements ScheduledInforms {
  readonly #options: ScheduledInformsOptions;
  #timer: { cancel(): void } | null = null;
  #stopped = false;
  /** Makes one change of the list at a time. */
  readonly #queue = new SerialQueue();

  constructor(options: ScheduledInformsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const asked = this.#pending.map(({ delaySeconds, due }) => due - delaySeconds * 1000);
    if (asked.length > 0) this.#options.time.atLeast(Math.max(...asked));
    await this.#forgetRaised();
    this.#wait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#queue.settled();
  }

  schedule(delaySeconds: number, commandKey: string): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#pending.length >= MAX_PENDING) {
        throw new CwmpFault(9004, `${MAX_PENDING} scheduled Informs are pending already`);
      }
      const { time } = this.#options;
      await time.note();
      const due = time.now() + delaySeconds * 1000;
      await this.#saved.update((now) => [...now, { commandKey, delaySeconds, due }]);
      this.#wait();
    });
  }

  get #saved(): ScheduledInformsCell {
    return this.#options.phone.scheduledInforms;
  }

  get #pending(): readonly PendingInform[] {
    return this.#saved.current;
  }

  #wait(): void {
    this.#timer?.cancel();
    if (this.#stopped || this.#pending.length === 0) return;
    const soonest = Math.min(...this.#pending.map(({ due }) => due));
    this.#timer = this.#options.time.at(soonest, "scheduled Inform", () => this.#wake());
  }

  #wake(): void {
    this.#queue
      .run(() => this.#raiseDue())
      .catch((error) =>
        this.#options.log.error({ reason: messageOf(error) }, "A scheduled Inform could not be started"),
      );
  }

  /** A power cut came between the events and the list. */
  async #forgetRaised(): Promise<void> {
    const raised = this.#options.events.pending().filter(({ code }) => code === CODE);
    const isRaised = ({ commandKey, due }: PendingInform): boolean =>
      raised.some((event) => event.commandKey === commandKey && event.cause === due);
    await this.#saved.learn((saved) => (saved.some(isRaised) ? saved.filter((one) => !isRaised(one)) : saved));
  }

  /** First the events, then the list: after a power cut in between, entries of both are matched by their due time. */
  async #raiseDue(): Promise<void> {
    const now = this.#options.time.now();
    const come = this.#pending.filter(({ due }) => due <= now);
    if (come.length > 0) {
      const causes = come.map(({ commandKey, due }): CwmpEvent => ({ code: CODE, commandKey, cause: due }));
      await this.#options.raise({ code: "3 SCHEDULED", commandKey: "" }, ...causes);
    }
    await this.#saved.learn((saved) => saved.filter((inform) => !come.includes(inform)));
    this.#wait();
  }
}

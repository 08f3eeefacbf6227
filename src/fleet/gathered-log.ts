import type { Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

/** A log that counts equal errors of phones. */
export interface GatheredLog extends Logger {
  /** Tells what has been counted, and counts no more. */
  close(): void;
}

const GATHER_MS = 10_000;
/** Maximum of distinct errors; beyond it each one is logged. */
const MAX_KINDS = 100;

/**
 * An error of all phones, such as a full disk, is logged once and not ten thousand times: of errors with the same
 * text and reason the first is logged at once, and the number of further ones every ten seconds. Other levels are not
 * changed.
 */
export function gatherErrors(log: Logger, scheduler: Scheduler): GatheredLog {
  return new Gathered(log, new Counts(log, scheduler));
}

class Counts {
  readonly #log: Logger;
  readonly #scheduler: Scheduler;
  readonly #more = new Map<string, { readonly message: string; readonly reason: string; times: number }>();
  #timer: Timer | null = null;

  constructor(log: Logger, scheduler: Scheduler) {
    this.#log = log;
    this.#scheduler = scheduler;
  }

  /** Whether it is the first of its kind, which is logged. */
  isFirst(fields: object, message: string): boolean {
    const reason = String(Reflect.get(fields, "reason") ?? "");
    const kind = `${message}\n${reason}`;
    const known = this.#more.get(kind);
    if (known !== undefined) known.times++;
    else if (this.#more.size < MAX_KINDS) this.#more.set(kind, { message, reason, times: 0 });
    this.#timer ??= this.#scheduler.after(GATHER_MS, "errors of phones", () => this.tell());
    return known === undefined;
  }

  tell(): void {
    this.#timer?.cancel();
    this.#timer = null;
    for (const { message, reason, times } of this.#more.values())
      if (times > 0) this.#log.error({ reason, times }, `${message}: ${times} more times, at other phones or again`);
    this.#more.clear();
  }
}

class Gathered implements GatheredLog {
  readonly #log: Logger;
  readonly #counts: Counts;

  constructor(log: Logger, counts: Counts) {
    this.#log = log;
    this.#counts = counts;
  }

  debug(fields: object, message: string): void {
    this.#log.debug(fields, message);
  }

  info(fields: object, message: string): void {
    this.#log.info(fields, message);
  }

  warn(fields: object, message: string): void {
    this.#log.warn(fields, message);
  }

  error(fields: object, message: string): void {
    if (this.#counts.isFirst(fields, message)) this.#log.error(fields, message);
  }

  child(fields: Record<string, unknown>): Logger {
    return new Gathered(this.#log.child(fields), this.#counts);
  }

  close(): void {
    this.#counts.tell();
  }
}

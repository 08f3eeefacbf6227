/** Runs tasks one at a time, in order of request. A failed task does not block later ones. */
export class SerialQueue {
  #last: Promise<unknown> = IDLE;

  /** Resolves, or rejects, as the work does. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    // Dropped when it has ended: thousands of phones have ten queues each, nearly always idle.
    const ended = (): void => {
      if (this.#last === last) this.#last = IDLE;
    };
    const last: Promise<unknown> = done.then(ended, ended);
    this.#last = last;
    return done;
  }

  /** Resolves when all tasks so far have ended, successfully or not. */
  async settled(): Promise<void> {
    await this.#last;
  }
}

const IDLE: Promise<unknown> = Promise.resolve();

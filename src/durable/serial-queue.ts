/** Work on one thing: one piece at a time, in the order it was asked for. A piece that fails holds up none after it. */
export class SerialQueue {
  #last: Promise<unknown> = IDLE;

  /** Resolves, or rejects, as the work does. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    // Once it has ended it is not kept: thousands of phones have ten queues each, and all are idle nearly always.
    const ended = (): void => {
      if (this.#last === last) this.#last = IDLE;
    };
    const last: Promise<unknown> = done.then(ended, ended);
    this.#last = last;
    return done;
  }

  /** Resolves when all that has been asked for so far has ended, well or not. */
  async settled(): Promise<void> {
    await this.#last;
  }
}

const IDLE: Promise<unknown> = Promise.resolve();

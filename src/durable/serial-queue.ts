/** Work on one thing: one piece at a time, in the order it was asked for. A piece that fails holds up none after it. */
export class SerialQueue {
  #last: Promise<unknown> = IDLE;

  /** Resolves, or rejects, as the work does. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Resolves when all that has been asked for so far has ended, well or not. */
  async settled(): Promise<void> {
    await this.#last;
  }
}

const IDLE: Promise<unknown> = Promise.resolve();

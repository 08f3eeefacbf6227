/** Work on one folder, one piece at a time, in the order it was asked for. */
export interface WriteQueue {
  run<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Writes a text. A write to the same path that waits, with no other kind of work behind it, is done with this newer text
   * instead, and both callers are answered by that one write.
   */
  replace(path: string, text: string, write: (text: string) => Promise<void>): Promise<void>;
}

interface WaitingWrite {
  text: string;
  done: Promise<void>;
}

export function createWriteQueue(): WriteQueue {
  const waiting = new Map<string, WaitingWrite>();
  let last: Promise<unknown> = Promise.resolve();

  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  return {
    run<T>(work: () => Promise<T>) {
      // What is saved from here on must not slip in front of this work.
      waiting.clear();
      return enqueue(work);
    },
    replace(path, text, write): Promise<void> {
      const earlier = waiting.get(path);
      if (earlier !== undefined) {
        earlier.text = text;
        return earlier.done;
      }
      const entry: WaitingWrite = { text, done: Promise.resolve() };
      entry.done = enqueue(() => {
        // From here on its text is being written: a newer one needs a write of its own.
        if (waiting.get(path) === entry) waiting.delete(path);
        return write(entry.text);
      });
      waiting.set(path, entry);
      return entry.done;
    },
  };
}

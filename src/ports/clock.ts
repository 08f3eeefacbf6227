/** Time as the agent sees it. Wall time may jump; waits use `monotonic`. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds since some fixed point; never goes back. */
  monotonic(): number;
  /** Minutes that the local time of this machine is ahead of UTC at the instant `at` (milliseconds since 1970), daylight saving applied. */
  offsetMinutes(at: number): number;
  /** Calls back soon after the wall clock was set by a second or more, until the returned function is called. */
  onSet(listener: () => void): () => void;
}

export interface Timer {
  readonly name: string;
  /** When it fires, on the monotonic clock. */
  readonly dueMs: number;
  cancel(): void;
}

/** The only way to delayed work. Delays beyond 2^31 ms are honoured. A callback that throws must not end the process. */
export interface Scheduler {
  after(delayMs: number, name: string, run: () => void): Timer;
}

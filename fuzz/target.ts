/** A target of hostile input. */
export interface Target {
  readonly name: string;
  /** Good input, which is damaged. */
  readonly seeds: readonly Buffer[];
  /** Pieces that mean something to the reader, for inputs that are put together. */
  readonly words: readonly string[];
  /** Bytes of the heap that timers of the last inputs may still hold, beyond the usual. */
  readonly heldBytes?: number;
  open(): Promise<OpenTarget>;
}

export interface OpenTarget {
  /** Throws for what must not be: a crash, something accepted or changed. */
  take(input: Buffer): Promise<void> | void;
  /** The same as `take`, once after all of them; frees everything. */
  close(): Promise<void>;
}

/** Thrown by a target if an earlier input did the harm. */
export class Harm extends Error {
  readonly input: Buffer;

  constructor(input: Buffer, cause: unknown) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), { cause });
    this.input = input;
  }
}

/** Durable state: named JSON documents, each with a version of its own. */
export interface StateDocument<T> {
  /** File-name safe: lower-case letters and dashes. */
  readonly name: string;
  readonly version: number;
  empty(): T;
  /** Checks and, from an older version, migrates. Throws an Error that says what is wrong with `raw`. */
  parse(raw: unknown, version: number): T;
}

export interface StateStore {
  /**
   * `empty()` where nothing was saved. A document that cannot be read is set aside under another name with a clear log
   * line and `empty()` is answered; one of a newer version than ours is AgentError STATE_VERSION and stays untouched.
   */
  load<T>(document: StateDocument<T>): Promise<T>;
  /** Durable when it resolves (temp file, fsync, rename, fsync of the folder). Saves of one document never overtake each other. */
  save<T>(document: StateDocument<T>, value: T): Promise<void>;
  /** Factory reset: forgets every document, durably. */
  erase(): Promise<void>;
}

/** A file on this machine that a person has named. */
export interface LocalFile {
  /** For the log. */
  readonly name: string;
  /** Its content as it is now. Throws an Error that says why it cannot be read, for a file larger than `maxBytes` too. */
  read(maxBytes: number): Promise<Uint8Array>;
}

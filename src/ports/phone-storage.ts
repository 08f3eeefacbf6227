/** The phone's own storage, such as its firmware version: a few named pieces. */
export interface PhoneStorage {
  /** Null: there is no such piece. Throws AgentError BACKEND_IO. */
  load(name: string): Promise<Uint8Array | null>;
  /** Durable when it resolves. Throws AgentError BACKEND_IO, with the old piece in place. */
  save(name: string, content: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

import type { MessageDescription } from "../ports/acs-transport.ts";
import { describeEnvelope } from "./describe.ts";
import { decodeMessage } from "./envelope.ts";
import type { IncomingEnvelope } from "./messages.ts";

/** Reads each message once, for the session or for an observer of the wire, whichever comes first. */
export class MessageReader {
  #text: string | null = null;
  #envelope: IncomingEnvelope | null = null;
  #problem: unknown = null;

  /** As `decodeMessage`. */
  read(text: string): IncomingEnvelope | null {
    this.#look(text);
    if (this.#problem !== null) throw this.#problem;
    return this.#envelope;
  }

  /** Null: it cannot be read. */
  describe(text: string): MessageDescription | null {
    this.#look(text);
    return this.#problem === null ? describeEnvelope(this.#envelope) : null;
  }

  #look(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#envelope = null;
    this.#problem = null;
    try {
      this.#envelope = decodeMessage(text);
    } catch (error) {
      this.#problem = error;
    }
  }
}

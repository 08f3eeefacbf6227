import { AgentError, messageOf } from "../cwmp/errors.ts";
import type { StateDocument } from "../ports/state-store.ts";

/** A stored text that is damaged. The message never quotes it: it may hold secrets. */
export class DamagedDocument extends Error {
  override readonly name = "DamagedDocument";
}

/** `{ "version": 1, "value": ... }` */
export function encodeDocument<T>(document: StateDocument<T>, value: T): string {
  return `${JSON.stringify({ version: document.version, value })}\n`;
}

/** @throws DamagedDocument, or AgentError STATE_VERSION when a newer program wrote it; `place` is for that message */
export function decodeDocument<T>(document: StateDocument<T>, text: string, place: string): T {
  const { version, value } = envelopeOf(text);
  if (version > document.version) {
    throw new AgentError(
      "STATE_VERSION",
      `${place} was written by a newer version of this program (format ${version}; this one knows up to ` +
        `${document.version}): run the newer version, or choose another state folder`,
    );
  }
  try {
    return document.parse(value, version);
  } catch (error) {
    throw new DamagedDocument(messageOf(error), { cause: error });
  }
}

function envelopeOf(text: string): { readonly version: number; readonly value: unknown } {
  const envelope = jsonOf(text);
  if (typeof envelope !== "object" || envelope === null || !("version" in envelope) || !("value" in envelope)) {
    throw new DamagedDocument("it has no version and value");
  }
  const { version, value } = envelope;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 0) {
    throw new DamagedDocument("its version is not a whole number");
  }
  return { version, value };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of the parser quotes the text around the mistake.
    throw new DamagedDocument(text.trim() === "" ? "it is empty" : "it is not valid JSON");
  }
}

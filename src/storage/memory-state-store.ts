import { AgentError } from "../cwmp/errors.ts";
import type { StateStore } from "../ports/state-store.ts";
import { DamagedDocument, decodeDocument, encodeDocument } from "./document-text.ts";

/** State in memory, for fleets and tests. Documents are stored as text, so that objects are never shared. */
export function createMemoryStateStore(): StateStore {
  const texts = new Map<string, string>();
  return {
    async load(document) {
      const text = texts.get(document.name);
      if (text === undefined) return document.empty();
      try {
        return decodeDocument(document, text, `the state document "${document.name}"`);
      } catch (error) {
        if (!(error instanceof DamagedDocument)) throw error;
        // No disk can have damaged it: what was saved does not pass the document's own check.
        throw new AgentError("STATE_CORRUPT", `the state document "${document.name}": ${error.message}`, {
          cause: error,
        });
      }
    },
    async save(document, value) {
      texts.set(document.name, encodeDocument(document, value));
    },
    async erase() {
      texts.clear();
    },
  };
}

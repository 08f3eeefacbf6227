import { BrokenPromise } from "../../backends/contract/expect.ts";
import { isAgentError, messageOf } from "../../cwmp/errors.ts";

/** The report of a broken promise for its author. */
export interface Problem {
  readonly expected: string;
  readonly found: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof BrokenPromise) return { expected: error.expected, found: error.found };
  const refused = isAgentError(error, "BACKEND_REFUSED");
  return { expected: "no error", found: `${refused ? "it refuses the change: " : ""}${messageOf(error)}` };
}

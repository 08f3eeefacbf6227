import type { Outcome } from "./answers.ts";
import { sentenceOf } from "./print.ts";

/** How a session went, in one line. */
export function outcomeText({ successful, events, served, durationMs, failure }: Outcome): string {
  const what = events.join(", ");
  if (successful) return `${what}: complete, ${sentenceOf(served, "RPC", "RPCs")} served, ${durationMs} ms`;
  return `${what}: failed after ${durationMs} ms: ${failure?.message ?? ""} [${failure?.code ?? "INTERNAL"}]`;
}

import type { Finding } from "../../cwmp/findings.ts";
import type { FleetSummary } from "../summary.ts";
import { RESULT } from "./result-schema.ts";

/** One result with the place that it was read from. */
export interface ReadResult {
  readonly summary: FleetSummary;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

export interface ReadResults {
  readonly results: readonly ReadResult[];
  readonly findings: readonly Finding[];
}

/** The start of a result, at any position of a line: log collectors put names and times before it. */
const BEGINNING = '{"kind":"result",';

/**
 * Reads the results in what `fleet --json` has printed, or in the logs of several. Lines without a result, such as figures and logs,
 * are passed over.
 */
export function readResults(file: string, text: string): ReadResults {
  const results: ReadResult[] = [];
  const findings: Finding[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    const column = line.indexOf(BEGINNING);
    if (column < 0) continue;
    const place = { file, line: at + 1, column: column + 1 };
    const read = resultOf(line.slice(column));
    if ("message" in read) findings.push({ ...place, code: "NOT_A_RESULT", message: read.message });
    else results.push({ ...place, ...read });
  }
  if (results.length === 0 && findings.length === 0) {
    const message =
      "there is no result of a fleet in it: it must have what `akuvox-cpe fleet --json` prints, to the last line";
    findings.push({ file, line: 0, column: 0, code: "NO_RESULT", message });
  }
  return { results, findings };
}

function resultOf(json: string): { readonly summary: FleetSummary } | { readonly message: string } {
  const value = parsed(json);
  if (value === undefined) return { message: "the result is cut off, or something follows it in its line" };
  const checked = RESULT.safeParse(value);
  if (checked.success) return { summary: checked.data };
  const [issue] = checked.error.issues;
  const path = issue?.path.join(".") ?? "";
  if (path === "version")
    return { message: "the result is of another version of akuvox-cpe: use the one that made it" };
  return { message: `the result cannot be used: ${path}: ${issue?.message ?? "it is wrong"}` };
}

/** Undefined: it is not JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

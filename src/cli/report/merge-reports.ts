import { readdirSync } from "node:fs";
import { join } from "node:path";
import { folderProblem, readDump } from "../../config/readable-files.ts";
import { type Finding, FindingsError } from "../../cwmp/findings.ts";
import { checkResults } from "../../fleet/results/check-results.ts";
import { mergeResults } from "../../fleet/results/merge-results.ts";
import { type ReadResult, readResults } from "../../fleet/results/read-results.ts";
import { endOfRun } from "../fleet/end-of-run.ts";
import { createFleetView } from "../fleet/view.ts";
import type { CliIo } from "../io.ts";

export interface MergeOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** Throws FindingsError if files cannot be read or do not belong together, CliExit 1 if the run failed. */
export async function mergeReports(places: readonly string[], options: MergeOptions, io: CliIo): Promise<void> {
  const results: ReadResult[] = [];
  const findings: Finding[] = [];
  for (const file of places.flatMap(filesAt)) {
    const read = readDump(file);
    if ("problem" in read)
      findings.push({
        file,
        line: 0,
        column: 0,
        code: "FILE_UNREADABLE",
        message: `it cannot be used: ${read.problem}`,
      });
    else {
      const found = readResults(file, read.text);
      results.push(...found.results);
      findings.push(...found.findings);
    }
  }
  findings.push(...checkResults(results));
  const [first, ...others] = results.map(({ summary }) => summary);
  if (findings.length > 0 || first === undefined) throw new FindingsError(findings);
  const summary = mergeResults([first, ...others]);
  createFleetView(io, options.json === true).result(summary);
  await endOfRun(summary, { report: options.out ?? null, results: null }, io);
}

/** The result files in a folder; any other path counts as a file, existing or not. */
function filesAt(place: string): readonly string[] {
  if (folderProblem(place) !== null) return [place];
  const names = readdirSync(place).filter((name) => /^part-\d+-of-\d+\.json$/.test(name));
  // A folder without results is kept, so that it becomes a finding.
  return names.length === 0 ? [place] : names.sort().map((name) => join(place, name));
}

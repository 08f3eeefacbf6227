import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { AgentError } from "../../cwmp/errors.ts";
import { resultFile } from "../../fleet/shards/claim-shard.ts";
import type { FleetSummary } from "../../fleet/summary.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { printable } from "../../system/printable.ts";
import { CliExit, type CliIo, EXIT_FAILED } from "../io.ts";
import { resultLine } from "./view.ts";

/** Additional outputs of the result; null: none. */
export interface ResultPlaces {
  /** A file, for the HTML. */
  readonly report: string | null;
  /** A folder, for the line of JSON under the name of the part. */
  readonly results: string | null;
}

/**
 * Writes the result and the report, if requested.
 *
 * @throws AgentError STATE_IO when it cannot be written; CliExit 1 if the run failed or missed a threshold
 */
export async function endOfRun(summary: FleetSummary, { report, results }: ResultPlaces, io: CliIo): Promise<void> {
  const [shard] = summary.shards;
  if (results !== null && shard !== undefined) {
    await write(resultFile(results, shard), resultLine(summary));
  }
  if (report !== null) {
    const { htmlReport } = await import("../../fleet/report/html-report.ts");
    await write(report, await htmlReport(summary, "Report of a fleet"));
    io.stderr(`The report is in ${printable(report)}\n`);
  }
  if (summary.failure !== null || summary.thresholds.some(({ holds }) => !holds)) throw new CliExit(EXIT_FAILED);
}

async function write(file: string, text: string): Promise<void> {
  const { writeFileAtomic } = await import("../../system/atomic-file.ts");
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFileAtomic(resolve(file), text, { mode: 0o644 });
  } catch (error) {
    throw new AgentError("STATE_IO", describeIoError("cannot write", file, error), { cause: error });
  }
}

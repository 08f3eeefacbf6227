import { resolve } from "node:path";
import { AgentError } from "../../cwmp/errors.ts";
import type { FleetSummary } from "../../fleet/summary.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { printable } from "../../system/printable.ts";
import { CliExit, type CliIo, EXIT_FAILED } from "../io.ts";

/**
 * Writes the report, where one is asked for.
 *
 * @throws AgentError STATE_IO when it cannot be written; CliExit 1 where the run has failed or a threshold does not hold
 */
export async function endOfRun(summary: FleetSummary, report: string | null, io: CliIo): Promise<void> {
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
    await writeFileAtomic(resolve(file), text, { mode: 0o644 });
  } catch (error) {
    throw new AgentError("STATE_IO", describeIoError("cannot write", file, error), { cause: error });
  }
}

import type { Command } from "commander";
import type { CliIo } from "../io.ts";
import type { MergeOptions } from "../report/merge-reports.ts";

const EXAMPLES = `
RESULT is a file with what \`akuvox-cpe fleet --json\` printed, or with the logs of several, or a folder of --results. The figures of all results are added up; the
thresholds of fleet.yaml are judged over all. The exit code is 1 when one does not hold, when phones are missing or when a part has
failed, and 2 when the results are not of one fleet. docs/fleet.md describes how to run a fleet in parts.

Examples:
  akuvox-cpe report merge part-0.jsonl part-1.jsonl --out report.html
  akuvox-cpe report merge results --json
`;

export function registerReport(program: Command, io: CliIo): void {
  const report = program.command("report").description("results of fleets, after they have run");
  report
    .command("merge")
    .description("results of the parts of a fleet as one result, with a report")
    .argument("<result...>", "files with results, or folders of them")
    .option("-o, --out <file>", "write a report with plots: HTML that opens offline")
    .option("--json", "print the result as a line of JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (files: readonly string[], options: MergeOptions) => {
      await (await import("../report/merge-reports.ts")).mergeReports(files, options, io);
    });
}

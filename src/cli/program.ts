import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { isAgentError, messageOf } from "../cwmp/errors.ts";
import { FindingsError, formatFinding } from "../cwmp/findings.ts";
import { printable } from "../system/printable.ts";
import { CliExit, type CliIo, EXIT_FAILED, EXIT_OK, EXIT_USAGE, UsageError } from "./io.ts";
import { wrapText } from "./wrap.ts";

/** Adds one command to the program. Heavy modules are loaded when the command runs, so that help stays fast. */
export type RegisterCommand = (program: Command, io: CliIo) => void;

const MIN_HELP_COLUMNS = 40;

const EXAMPLES = `
Start here:
  akuvox-cpe demo                             watch an ACS provision a phone, over real sockets
  akuvox-cpe params Device.ManagementServer.  the parameters that can be managed
  akuvox-cpe check-config config.yaml         is my settings file right?
  akuvox-cpe run --config config.yaml         run the phone's agent
  akuvox-cpe status                           the state of the running agent (docs/control.md)

Exit codes: 0 success, 1 failure (another try may help), 2 wrong usage or invalid settings.
`;

export function createProgram(io: CliIo, commands: readonly RegisterCommand[]): Command {
  const program = new Command("akuvox-cpe")
    .description("TR-069 (CWMP) agent for Akuvox IP phones: on a phone, or as a simulated one.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    // Each command has its own options, subcommands too.
    .enablePositionalOptions()
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({
      writeOut: (text) => io.stdout(wrapText(text, helpColumns(io))),
      writeErr: (text) => io.stderr(text),
      getOutHelpWidth: () => helpColumns(io),
      getErrHelpWidth: () => helpColumns(io),
    })
    .showHelpAfterError("(run with --help for usage)")
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  for (const register of commands) register(program, io);
  return program;
}

function helpColumns({ terminal }: CliIo): number {
  return Math.max(terminal?.columns ?? 80, MIN_HELP_COLUMNS);
}

/** Runs one command line, without the program's own name; resolves to the exit code. Never rejects. */
export async function runCli(
  args: readonly string[],
  io: CliIo,
  commands: readonly RegisterCommand[],
): Promise<number> {
  try {
    await createProgram(io, commands).parseAsync([...args], { from: "user" });
    return EXIT_OK;
  } catch (error) {
    return report(error, io);
  }
}

function report(error: unknown, io: CliIo): number {
  if (error instanceof CliExit) return error.exitCode;
  // Commander has printed its own words, and ends help and version this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  if (error instanceof FindingsError) {
    for (const finding of error.findings) io.stderr(`${printable(formatFinding(finding))}\n`);
    return EXIT_USAGE;
  }
  if (error instanceof UsageError) {
    io.stderr(`error: ${printable(error.message)}\n`);
    return EXIT_USAGE;
  }
  const known = isAgentError(error);
  io.stderr(`error: ${printable(messageOf(error))}${known ? ` [${error.code}]` : ""}\n`);
  if (!known && error instanceof Error && error.stack !== undefined) io.stderr(`${stackOf(error)}\n`);
  return known && error.code === "CONFIG" ? EXIT_USAGE : EXIT_FAILED;
}

/** The frames alone: the message is printed above them already. */
function stackOf(error: Error): string {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => `    ${printable(line.trim())}`)
    .join("\n");
}

export function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}

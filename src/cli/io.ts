import { describeIoError } from "../system/io-errors.ts";
import { printableLines } from "../system/printable.ts";
import { createLiveArea, type LiveArea } from "./live-area.ts";
import { createLogWriter } from "./log-writer.ts";

/** The parts of the process that a command may use. Injected, so that a test can run a command without spawning one. */
export interface CliIo {
  /** Writes results for a person or a script. Callers end lines with a line feed. */
  stdout(text: string): void;
  /** Writes findings, progress and hints. Never throws: there may be no reader. */
  stderr(text: string): void;
  /** Writes a log line to stderr. Throws if it cannot be written completely. */
  writeLog(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether stdout is a terminal, and its number of columns. */
  readonly terminal: { readonly columns: number } | null;
  /** Lines of that terminal that can be redrawn; left out: there are none. */
  readonly live?: LiveArea;
  /** All of stdin, as UTF-8 text. Throws UsageError if that is a terminal, or too much. */
  readStdin(): Promise<string>;
  /** Asks the person at the terminal for one line; null: not interactive. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

export const EXIT_OK = 0;
/** Failed at run time: the port is in use, the ACS cannot be reached, a claim of the demo is not true. */
export const EXIT_FAILED = 1;
/** Wrong usage or invalid settings: nothing was started. */
export const EXIT_USAGE = 2;

/** An error of the command line that commander cannot detect: printed as one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Ends the process with this code; the command has printed everything already. */
export class CliExit extends Error {
  override readonly name = "CliExit";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/**
 * The real process. If the reader of stdout closes it (`params | head`) the process ends quietly. A closed stderr
 * ends nothing: a daemon manages its phone without its log.
 */
export function processIo(): CliIo {
  const { stdout, stderr } = process;
  stdout.on("error", endWithoutReader);
  stderr.on("error", () => {});
  const [forStdout, forStderr] = [shownOn(stdout), shownOn(stderr)];
  return {
    stdout(text) {
      const failure = attempt(() => stdout.write(forStdout(text)));
      if (failure !== null) endWithoutReader(failure);
    },
    stderr(text) {
      // A write to a full disk throws; a pipe without a reader emits an event.
      attempt(() => stderr.write(forStderr(text)));
    },
    writeLog: createLogWriter(stderr.fd),
    env: process.env,
    readStdin,
    terminal: stdout.isTTY ? { columns: stdout.columns } : null,
    ...(stdout.isTTY ? { live: createLiveArea(stdout, forStdout) } : {}),
    ask: process.stdin.isTTY && stderr.isTTY ? askOnTerminal : null,
  };
}

/** Files and pipes get each byte unchanged. */
function shownOn({ isTTY }: { readonly isTTY: boolean }): (text: string) => string {
  return isTTY ? printableLines : (text) => text;
}

function attempt(run: () => void): NodeJS.ErrnoException | null {
  try {
    run();
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

const MAX_STDIN_BYTES = 1_048_576;

async function readStdin(): Promise<string> {
  if (process.stdin.isTTY) throw new UsageError("stdin is a terminal: write to it by a pipe or from a file (< FILE)");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_STDIN_BYTES) throw new UsageError(`stdin has more than ${MAX_STDIN_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** On stderr: stdout may be a file. Ctrl-D is an empty answer. */
async function askOnTerminal(question: string): Promise<string> {
  const { createInterface } = await import("node:readline");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    prompt.once("close", () => resolve(""));
    prompt.question(question, (answer) => {
      resolve(answer);
      prompt.close();
    });
  });
}

function endWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(EXIT_OK);
  attempt(() => process.stderr.write(`error: ${describeIoError("cannot write", "the results", error)}\n`));
  process.exit(EXIT_FAILED);
}

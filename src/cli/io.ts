import { describeIoError } from "../system/io-errors.ts";
import { printableLines } from "../system/printable.ts";
import { createLiveArea, type LiveArea } from "./live-area.ts";
import { createLogWriter } from "./log-writer.ts";

/** What a command may use of the process it runs in. Handed in, so that a test can run a command without spawning one. */
export interface CliIo {
  /** Results: what a person or a script asked for. Ends with a line feed where a line is meant. */
  stdout(text: string): void;
  /** Everything about the work itself: findings, progress, hints. Never throws: nobody may be there to read it. */
  stderr(text: string): void;
  /** A line of the log, to where stderr goes. Throws when it cannot be written, or not all of it. */
  writeLog(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads stdout on a terminal, and how many columns it has. */
  readonly terminal: { readonly columns: number } | null;
  /** Lines of that terminal that can be redrawn; left out: there are none. */
  readonly live?: LiveArea;
  /** All that stands on stdin, as UTF-8 text. Throws UsageError where that is a terminal, or too much. */
  readStdin(): Promise<string>;
  /** Asks the person at the terminal for one line; null: nobody is there who could answer. */
  readonly ask: ((question: string) => Promise<string>) | null;
}

export const EXIT_OK = 0;
/** It went wrong at run time: the port is in use, the ACS is out of reach, a claim of the demo does not hold. */
export const EXIT_FAILED = 1;
/** Wrong usage or settings that cannot be used: nothing was started. */
export const EXIT_USAGE = 2;

/** The command line was wrong in a way that commander cannot know: printed as one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command has said all there is to say; the process ends with this code and prints nothing more. */
export class CliExit extends Error {
  override readonly name = "CliExit";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/**
 * The real process. A reader of the results that goes away (`params | head`) ends the process quietly: nobody is left to
 * tell. One of stderr ends nothing: a daemon manages its phone without its log.
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
      // A file on a full disk throws, a pipe without a reader tells by an event.
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

/** Files and pipes get each byte as it is. */
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

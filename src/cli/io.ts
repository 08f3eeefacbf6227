/** What a command may use of the process it runs in. Handed in, so that a test can run a command without spawning one. */
export interface CliIo {
  /** Results: what a person or a script asked for. Ends with a line feed where a line is meant. */
  stdout(text: string): void;
  /** Everything about the work itself: findings, progress, hints. */
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads stdout on a terminal, and how many columns it has. */
  readonly terminal: { readonly columns: number } | null;
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
 * The real process. A reader that goes away (`params | head`) ends the process quietly: nobody is left to tell.
 */
export function processIo(): CliIo {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endOnBrokenPipe);
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    terminal: process.stdout.isTTY ? { columns: process.stdout.columns } : null,
    ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : null,
  };
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

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(EXIT_OK);
  throw error;
}

import type { CliIo } from "../../src/cli/io.ts";

/** A process for a command to run in, of which a test can read what was said. */
export interface CapturedIo {
  readonly io: CliIo;
  stdout(): string;
  stderr(): string;
}

export function capturedIo(env: Readonly<Record<string, string>> = {}): CapturedIo {
  const out: string[] = [];
  const err: string[] = [];
  return {
    io: {
      stdout: (text) => void out.push(text),
      stderr: (text) => void err.push(text),
      env,
      terminal: null,
      ask: null,
    },
    stdout: () => out.join(""),
    stderr: () => err.join(""),
  };
}

import type { CliIo } from "../../src/cli/io.ts";

/** A process for a command to run in, of which a test can read what was said. */
export interface CapturedIo {
  readonly io: CliIo;
  stdout(): string;
  stderr(): string;
}

/** @param person who sits at a terminal with this many columns and answers this to any question; absent: a pipe */
export function capturedIo(
  env: Readonly<Record<string, string>> = {},
  person?: { readonly columns: number; readonly answer: string },
  stdin = "",
): CapturedIo {
  const out: string[] = [];
  const err: string[] = [];
  return {
    io: {
      stdout: (text) => void out.push(text),
      stderr: (text) => void err.push(text),
      writeLog: (text) => void err.push(text),
      env,
      readStdin: async () => stdin,
      terminal: person === undefined ? null : { columns: person.columns },
      ask:
        person === undefined
          ? null
          : async (question) => {
              err.push(question);
              return person.answer;
            },
    },
    stdout: () => out.join(""),
    stderr: () => err.join(""),
  };
}

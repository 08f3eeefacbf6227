import { createInterface, type Interface } from "node:readline";
import { openDataModel } from "../../config/open-data-model.ts";
import { createLayouts } from "../../parameters/layouts.ts";
import type { AcsConsole, LocalConsole } from "./acs-console.ts";
import { completeLine } from "./completion.ts";
import { answerPromptLine } from "./prompt.ts";

/** A terminal that prints lines above a prompt. */
export interface Terminal {
  print(lines: readonly string[]): void;
  /** Resolves on `quit`, Ctrl-C or Ctrl-D. */
  readonly closed: Promise<void>;
  close(): void;
}

/** @param paths completions of Tab beside the data model. */
export function openTerminal(acs: AcsConsole, paths: LocalConsole["paths"]): Terminal {
  const modelPaths = createModelPaths();
  const prompt: Interface = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: "acs> ",
    completer: (line: string, done: (error: null, completion: [string[], string]) => void): void => {
      const nothing: [string[], string] = [[], line];
      void completeLine(line, { devices: () => acs.devices(), paths }, modelPaths)
        .catch(() => nothing)
        .then((completion) => done(null, completion));
    },
  });
  const print = (lines: readonly string[]): void => {
    // Over the half-typed line, which is drawn again below.
    process.stdout.write(`\r\u001b[K${lines.map((line) => `${line}\n`).join("")}`);
    prompt.prompt(true);
  };
  prompt.on("line", (line) => {
    void answerPromptLine(line, acs).then((answer) => {
      if (answer.kind === "quit") prompt.close();
      else print(answer.text.split("\n").slice(0, -1));
    });
  });
  prompt.on("SIGINT", () => prompt.close());
  const closed = new Promise<void>((resolve) => prompt.once("close", resolve));
  prompt.prompt();
  return { print, closed, close: () => prompt.close() };
}

/** Parameters and objects of this program's own data model, with one account. Read once, when first asked for. */
export function createModelPaths(): () => Promise<readonly string[]> {
  let paths: Promise<readonly string[]> | null = null;
  const read = async (): Promise<readonly string[]> => {
    const model = await openDataModel(null, []);
    const { factory } = createLayouts(model, { accounts: 1, accountsFixed: false });
    return factory.names("", false).map(({ name }) => name);
  };
  return () => {
    paths ??= read();
    return paths;
  };
}

import { readFile } from "node:fs/promises";
import { messageOf } from "../cwmp/errors.ts";
import { type CliIo, UsageError } from "./io.ts";

/** Stands for stdin where a file is named. */
const STDIN = "-";
const MAX_LENGTH = 1_048_576;

/**
 * A text that other users of this machine must not see, as they see the words of every command line: from a file, or stdin.
 *
 * @param option that names the file, for errors
 * @throws UsageError when it cannot be read
 */
export async function privateText(file: string, option: string, io: Pick<CliIo, "readStdin">): Promise<string> {
  if (file === STDIN) return await io.readStdin();
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UsageError(`${option} cannot be read: ${messageOf(error)}`);
  });
  if (text.length > MAX_LENGTH) throw new UsageError(`${option} is larger than ${MAX_LENGTH} characters: ${file}`);
  return text;
}

/** The same where it is one line. */
export async function privateLine(file: string, option: string, io: Pick<CliIo, "readStdin">): Promise<string> {
  const line = (await privateText(file, option, io)).replace(/\r?\n$/, "");
  if (/[\r\n]/.test(line)) throw new UsageError(`${option} must hold one line`);
  return line;
}

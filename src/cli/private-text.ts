import { readFile } from "node:fs/promises";
import { messageOf } from "../cwmp/errors.ts";
import { printable } from "../system/printable.ts";
import { isRefused, pathRisks } from "../system/trusted-path.ts";
import { type CliIo, UsageError } from "./io.ts";

type PrivateIo = Pick<CliIo, "readStdin" | "stderr">;

/** The file name that means stdin. */
const STDIN = "-";
const MAX_LENGTH = 1_048_576;

/**
 * A text that other users of this machine must not see, read from a file or stdin: command lines are visible to all
 * users.
 *
 * @param option the option's name, for errors
 * @throws UsageError when it cannot be read, or others may change it
 */
export async function privateText(file: string, option: string, io: PrivateIo): Promise<string> {
  if (file === STDIN) return await io.readStdin();
  warnOfRisks(file, option, io);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UsageError(`${option} cannot be read: ${messageOf(error)}`);
  });
  if (text.length > MAX_LENGTH) throw new UsageError(`${option} is larger than ${MAX_LENGTH} characters: ${file}`);
  return text;
}

/** Warns if others may read or change it, as with the password files of the settings (docs/decisions/0031). */
function warnOfRisks(file: string, option: string, io: Pick<CliIo, "stderr">): void {
  const risks = pathRisks(file, "secret");
  const refused = risks.find(isRefused);
  if (refused !== undefined) throw new UsageError(`${option}: ${refused.message}`);
  for (const { message } of risks) io.stderr(`warning: ${option}: ${printable(message)}\n`);
}

/** The same for a single line. */
export async function privateLine(file: string, option: string, io: PrivateIo): Promise<string> {
  const line = (await privateText(file, option, io)).replace(/\r?\n$/, "");
  if (/[\r\n]/.test(line)) throw new UsageError(`${option} must hold one line`);
  return line;
}

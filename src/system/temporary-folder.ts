import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentError } from "../cwmp/errors.ts";
import { describeIoError } from "./io-errors.ts";

/**
 * Creates an empty folder that only its owner may enter, in the folder for temporary files (TMPDIR). The caller removes it.
 *
 * @param prefix of its name
 * @throws AgentError STATE_IO
 */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  const folder = tmpdir();
  try {
    return await mkdtemp(join(folder, prefix));
  } catch (error) {
    const action = "cannot create a folder in the folder for temporary files (TMPDIR)";
    throw new AgentError("STATE_IO", describeIoError(action, folder, error), { cause: error });
  }
}

import { open, readFile, rm } from "node:fs/promises";
import { AgentError } from "../cwmp/errors.ts";
import { hasCode } from "../system/io-errors.ts";
import { readPlain } from "../system/safe-file.ts";

/**
 * Makes this process the only one that uses a folder, by a file that names it. A lock whose process is gone is taken over.
 * It guards among processes that see each other: not between containers that share a volume.
 *
 * @returns frees the folder again
 * @throws AgentError STATE_IO when another process, or another store of this one, holds it
 */
export async function lockFolder(folder: string, path: string): Promise<() => Promise<void>> {
  const own = await identityOf(process.pid);
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await createExclusively(path, own ?? String(process.pid))) return () => rm(path, { force: true });
    const holder = (await readPlain(path).catch(() => "")).toString().trim();
    if (await isAlive(holder)) throw heldBy(holder, folder, path);
    await rm(path, { force: true });
  }
  throw new AgentError(
    "STATE_IO",
    `${folder}: several daemons start with this state folder at once; give each its own`,
  );
}

function heldBy(holder: string, folder: string, path: string): AgentError {
  return new AgentError(
    "STATE_IO",
    `the state folder ${folder} is in use by the process ${holder.split(" ")[0]}: stop that one, or give this one ` +
      `another state folder (if no such daemon runs, remove ${path})`,
  );
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    const handle = await open(path, "wx", 0o600);
    try {
      await handle.writeFile(`${content}\n`);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function isAlive(holder: string): Promise<boolean> {
  const pid = Number(holder.split(" ")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  const living = await identityOf(pid);
  return living === null ? respondsToSignals(pid) : living === holder;
}

/** `<pid> <start time> <boot>`: a process number alone is soon used again, in a container after every start. */
async function identityOf(pid: number): Promise<string | null> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    // Fields 3 and 22, counted behind the program's name, which may hold blanks and parentheses itself.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    const ended = fields[0] === "Z" || fields[0] === "X";
    return ended ? `${pid} ended` : `${pid} ${fields[19]} ${boot.trim()}`;
  } catch {
    return null;
  }
}

/** For systems without /proc, and processes that have ended. */
function respondsToSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

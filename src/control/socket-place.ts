import { chmod, lstat, mkdtemp, rename, rm } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { AgentError } from "../cwmp/errors.ts";
import { makeFolder } from "../system/durable-folder.ts";
import { describeIoError, hasCode } from "../system/io-errors.ts";

/** `sun_path` has 108 bytes on Linux and 104 elsewhere, its end among them. */
const MAX_PATH_BYTES = process.platform === "linux" ? 107 : 103;
/** What stands behind the socket's folder while it is being made, see `makeSocket`. */
const MAKING = join(".cXXXXXX", "s");

/** A socket file of this process. */
export interface OwnSocket {
  /** Removes it, unless another process has put its own in its place. */
  remove(): Promise<void>;
}

/**
 * Creates a socket for its owner alone, without a moment in which others could connect: it is created inside a
 * private folder, and moved from there. A folder that is missing is made, for its owner alone. The socket of
 * a process that has ended is replaced.
 *
 * @param listen binds to the path that it is given
 * @throws AgentError LISTEN that says what to do
 */
export async function makeSocket(path: string, listen: (path: string) => Promise<void>): Promise<OwnSocket> {
  const folder = dirname(path);
  const longest = bytesOf(path);
  if (longest > MAX_PATH_BYTES) {
    throw failure(
      path,
      `a socket's path has ${MAX_PATH_BYTES} bytes at most, this one needs ${longest}: set a shorter one as control.socket`,
    );
  }
  try {
    await makeFolder(folder, { mode: 0o700 });
    await refuseToReplace(path);
    const making = await mkdtemp(join(folder, ".c"));
    try {
      const made = join(making, "s");
      await listen(made);
      await chmod(made, 0o600);
      const own = await identityOf(made);
      await rename(made, path);
      return { remove: () => removeOwn(path, own) };
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError("LISTEN", describeIoError("cannot open the control socket", path, error), { cause: error });
  }
}

/** Whether a socket can have this path. */
export function isSocketPath(path: string): boolean {
  return bytesOf(path) <= MAX_PATH_BYTES;
}

/** Of the longer of its path and of the path where it is made. */
function bytesOf(path: string): number {
  return Math.max(Buffer.byteLength(path), Buffer.byteLength(join(dirname(path), MAKING)));
}

function failure(path: string, why: string): AgentError {
  return new AgentError("LISTEN", `cannot open the control socket ${path}: ${why}`);
}

/** An existing file may be replaced only if it is a socket without a listener. */
async function refuseToReplace(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (found === null) return;
  if (!found.isSocket())
    throw failure(path, "there is something else with that name: set another one as control.socket");
  if (await isListenedAt(path)) {
    throw failure(path, "another agent listens there: stop that one, or give this one its own control.socket");
  }
}

function isListenedAt(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      if (hasCode(error, "ECONNREFUSED") || hasCode(error, "ENOENT")) resolve(false);
      // The backlog is full: a process is listening.
      else if (hasCode(error, "EAGAIN")) resolve(true);
      else reject(error);
    });
  });
}

async function removeOwn(path: string, own: string): Promise<void> {
  const there = await identityOf(path).catch(() => null);
  if (there === own) await rm(path, { force: true });
}

async function identityOf(path: string): Promise<string> {
  const { dev, ino } = await lstat(path, { bigint: true });
  return `${dev} ${ino}`;
}

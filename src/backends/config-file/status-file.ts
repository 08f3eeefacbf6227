import { parseAutop } from "../../autop/document.ts";
import { messageOf } from "../../cwmp/errors.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { readWhenQuiet } from "../settings/file-snapshot.ts";

/**
 * A file in which the firmware reports values that this host does not know, in the syntax of the settings:
 * `Status.Account1.Line.State = Up`.
 */
export interface StatusFile {
  /** Reads the file again if it has changed. Never throws: while it cannot be read, the last values hold. */
  refresh(): Promise<void>;
  get(key: BackendKey): string | undefined;
}

/** `path` is null where the firmware writes no such file. */
export function createStatusFile(path: string | null, scheduler: Scheduler, log: Logger): StatusFile {
  let document = parseAutop("");
  let signature: string | null = null;
  let lastProblem: string | null = null;

  async function readAgain(file: string): Promise<void> {
    const snapshot = await readWhenQuiet(file, signature, scheduler);
    if (snapshot === null) return;
    document = parseAutop(snapshot.text);
    signature = snapshot.signature;
  }

  return {
    async refresh() {
      if (path === null) return;
      try {
        await readAgain(path);
        lastProblem = null;
      } catch (error) {
        const problem = messageOf(error);
        if (problem !== lastProblem) log.warn({ file: path }, `the status file ${path} cannot be read: ${problem}`);
        lastProblem = problem;
      }
    },
    get: (key) => document.get(key),
  };
}

import { CwmpFault, isAgentError, messageOf } from "../../cwmp/errors.ts";
import type { BackendFiles } from "../../ports/backend.ts";
import type { Scheduler } from "../../ports/clock.ts";
import type { Settings } from "../settings/settings.ts";
import { runHostCommand } from "./host-command.ts";

export interface HostFilesOptions {
  /** Program and arguments that install a file; the file type and the path follow. Null: nothing can be installed. */
  readonly installCommand: readonly string[] | null;
  readonly scheduler: Scheduler;
}

const FIRMWARE = "1 Firmware Upgrade Image";
/** Writing flash memory is slow. */
const LIMIT_MS = 15 * 60_000;

/** Files of a phone with its own firmware on this host: a command of the integrator installs them. */
export function createHostFiles({ installCommand, scheduler }: HostFilesOptions, settings: Settings): BackendFiles {
  return {
    installs: installCommand === null ? [] : [FIRMWARE, "5 Ringer File"],
    produces: ["1 Vendor Configuration File"],
    async install(fileType, path) {
      const command = [...(installCommand ?? []), fileType, path];
      const about = { purpose: "install", setting: "installCommand", onFailure: "BACKEND_REFUSED" } as const;
      const run = { command, ...about, limitMs: LIMIT_MS };
      try {
        await runHostCommand(run, scheduler, new AbortController().signal);
      } catch (error) {
        if (isAgentError(error, "BACKEND_REFUSED")) throw new CwmpFault(9018, messageOf(error), { cause: error });
        throw error;
      }
      return fileType === FIRMWARE ? "needs-reboot" : "applied";
    },
    produce: async () => new TextEncoder().encode(settings.text()),
  };
}

import { CwmpFault, PhoneFault } from "../../cwmp/errors.ts";
import type { BackendFiles } from "../../ports/backend.ts";
import type { Settings } from "../settings/settings.ts";
import type { HookRequest, HookRunner } from "./hook-runner.ts";

export interface HooksFilesOptions {
  readonly runner: HookRunner;
  readonly limitMs: number;
  /** File types of the `install` hook. */
  readonly installTypes: readonly string[];
  /** File types of the `produce` hook. */
  readonly produceTypes: readonly string[];
  readonly settings: Settings;
}

/** Without a hook for it, the upload is the settings as an AutoP file. */
const CONFIGURATION = "1 Vendor Configuration File";
const MAX_BYTES = 1_048_576;
const LARGEST_FILE_BYTES = 64 * 1_048_576;

export function createHooksFiles(options: HooksFilesOptions): BackendFiles {
  const { runner, limitMs, settings } = options;
  const produceTypes = runner.has("produce") ? options.produceTypes : [];
  return {
    installs: runner.has("install") ? options.installTypes : [],
    produces: [...new Set([CONFIGURATION, ...produceTypes])],
    async install(fileType, path) {
      const request = { hook: "install", lines: [{ fileType, path }], limitMs, maxBytes: MAX_BYTES } as const;
      const { needsRestart } = await asFault(() => runner.run(request));
      return needsRestart ? "needs-reboot" : "applied";
    },
    async produce(fileType) {
      if (!produceTypes.includes(fileType)) return new TextEncoder().encode(settings.text());
      const request: HookRequest = { hook: "produce", lines: [{ fileType }], limitMs, maxBytes: LARGEST_FILE_BYTES };
      return (await asFault(() => runner.run(request))).stdout;
    },
  };
}

/** The reason is only in the log: it may hold more than the ACS should see. */
async function asFault<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PhoneFault) throw new CwmpFault(error.faultCode, undefined, { cause: error });
    throw error;
  }
}

import { parseHttpUrl } from "../../cwmp/addresses.ts";
import { CwmpFault } from "../../cwmp/errors.ts";
import type { FileServer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { isFirmwareUrl } from "../configuration/own-keys.ts";
import { reasonOf } from "../files/fetch-in-time.ts";
import { fileServerOf } from "../files/file-server.ts";
import type { AutopCell, Fingerprint } from "./autop-state.ts";

export interface FirmwareParts {
  readonly store: AutopCell;
  readonly fingerprint: Fingerprint;
  /** Queues the firmware as a transfer, durably. CwmpFault as for a Download. Null: not allowed by the settings. */
  readonly fetchFirmware: ((server: FileServer) => Promise<void>) | null;
  readonly log: Logger;
}

/**
 * Queues the firmware that these files name, in ascending order of precedence, once for each URL whatever the result.
 * At worst a power cut between queueing and recording it queues it twice.
 */
export async function actOnFirmwareUrl(files: readonly Configuration[], parts: FirmwareParts): Promise<void> {
  const { store, fingerprint, fetchFirmware, log } = parts;
  const text = files.map(firmwareUrlIn).findLast((url) => url !== "");
  if (fetchFirmware === null || text === undefined) return;
  const mark = fingerprint(new TextEncoder().encode(text));
  if (mark === store.current.firmware) return;
  try {
    const url = parseHttpUrl(text);
    if (url === null) throw new CwmpFault(9013, "firmware is fetched from http and https servers only");
    await fetchFirmware(fileServerOf(url));
  } catch (error) {
    if (!(error instanceof CwmpFault)) throw error;
    log.warn({ reason: reasonOf(error) }, "AutoP: the firmware that a configuration file names is not fetched");
  }
  await store.learn((now) => ({ ...now, firmware: mark }));
}

function firmwareUrlIn({ settings }: Configuration): string {
  return [...settings].find(([key]) => isFirmwareUrl(key))?.[1] ?? "";
}

import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";
import type { FileServer, FileTransfer } from "../../ports/file-transfer.ts";

/** The limit for servers that send very slowly. */
const MAX_FETCH_MS = 120_000;

export interface FetchInTimePorts {
  readonly fileTransfer: Pick<FileTransfer, "fetch">;
  readonly scheduler: Scheduler;
}

/**
 * A small file that the phone fetches on its own. Throws CwmpFault 9017 when it takes longer than two minutes; else what
 * `FileTransfer.fetch` throws.
 *
 * @param name of the timer
 */
export async function fetchInTime(
  file: { readonly server: FileServer; readonly maxBytes: number; readonly name: string },
  { fileTransfer, scheduler }: FetchInTimePorts,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const abort = new AbortController();
  const breakOff = (): void => abort.abort();
  let late = false;
  const deadline = scheduler.after(MAX_FETCH_MS, file.name, () => {
    late = true;
    breakOff();
  });
  signal.addEventListener("abort", breakOff);
  if (signal.aborted) breakOff();
  try {
    return await fileTransfer.fetch(file.server, file.maxBytes, abort.signal);
  } catch (error) {
    if (!late || signal.aborted) throw error;
    throw new CwmpFault(9017, `the file did not arrive within ${MAX_FETCH_MS / 1000} s`);
  } finally {
    deadline.cancel();
    signal.removeEventListener("abort", breakOff);
  }
}

/** Why a file was refused, for a person: without the standard's fault text if there is a more precise one. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof CwmpFault)) return message;
  const standard = new CwmpFault(error.faultCode).message;
  return message.startsWith(`${standard}: `) ? message.slice(standard.length + 2) : message;
}

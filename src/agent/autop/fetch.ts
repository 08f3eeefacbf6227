import { CwmpFault } from "../../cwmp/errors.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { FileTransfer } from "../../ports/file-transfer.ts";
import type { TransferFailure } from "../transfers/record.ts";
import { MAX_CONFIGURATION_BYTES } from "./configuration.ts";
import { reasonOf } from "./reason.ts";
import type { AutopSource } from "./sources.ts";

export interface FetchPorts {
  readonly fileTransfer: FileTransfer;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** One look for one file. Times are milliseconds since 1970. */
export interface Fetched {
  readonly source: AutopSource;
  /** Null: the server does not have it, or it could not be fetched. */
  readonly content: Uint8Array | null;
  /** Null where the server has answered, also with "no such file": most phones have one of the two files only. */
  readonly failure: TransferFailure | null;
  readonly startedAt: number;
  readonly completedAt: number;
}

/** A server that sends a byte now and then is not waited for any longer. */
const LONGEST_FETCH_MS = 120_000;
/** What FileTransfer makes of 404 and its like. */
const NOT_THERE = 9016;

/** Throws AgentError SESSION_ABORTED when the signal ends it. */
export async function fetchSource(source: AutopSource, ports: FetchPorts, signal: AbortSignal): Promise<Fetched> {
  const { clock } = ports;
  const startedAt = clock.now();
  const done = (content: Uint8Array | null, failure: TransferFailure | null): Fetched => {
    return { source, content, failure, startedAt, completedAt: clock.now() };
  };
  try {
    return done(await fetchInTime(source, ports, signal), null);
  } catch (error) {
    if (!(error instanceof CwmpFault)) throw error;
    return done(null, error.faultCode === NOT_THERE ? null : { code: error.faultCode, text: reasonOf(error) });
  }
}

async function fetchInTime({ server }: AutopSource, ports: FetchPorts, signal: AbortSignal): Promise<Uint8Array> {
  const abort = new AbortController();
  const breakOff = (): void => abort.abort();
  let late = false;
  const deadline = ports.scheduler.after(LONGEST_FETCH_MS, "configuration file", () => {
    late = true;
    breakOff();
  });
  signal.addEventListener("abort", breakOff);
  if (signal.aborted) breakOff();
  try {
    return await ports.fileTransfer.fetch(server, MAX_CONFIGURATION_BYTES, abort.signal);
  } catch (error) {
    if (!late || signal.aborted) throw error;
    throw new CwmpFault(9017, `the file was not here after ${LONGEST_FETCH_MS / 1000} s`);
  } finally {
    deadline.cancel();
    signal.removeEventListener("abort", breakOff);
  }
}

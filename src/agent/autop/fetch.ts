import { CwmpFault } from "../../cwmp/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TransferFailure } from "../autonomous/transfer-report.ts";
import { MAX_CONFIGURATION_BYTES } from "../configuration/configuration.ts";
import { type FetchInTimePorts, fetchInTime, reasonOf } from "../files/fetch-in-time.ts";
import type { AutopSource } from "./sources.ts";

export interface FetchPorts extends FetchInTimePorts {
  readonly clock: Clock;
}

/** One fetch of one file. Times are milliseconds since 1970. */
export interface Fetched {
  readonly source: AutopSource;
  /** Null: the server does not have it, or it could not be fetched. */
  readonly content: Uint8Array | null;
  /** Null where the server has answered, even with "no such file": most phones have only one of the two files. */
  readonly failure: TransferFailure | null;
  readonly startedAt: number;
  readonly completedAt: number;
}

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
    const file = { server: source.server, maxBytes: MAX_CONFIGURATION_BYTES, name: "configuration file" };
    return done(await fetchInTime(file, ports, signal), null);
  } catch (error) {
    if (!(error instanceof CwmpFault)) throw error;
    return done(null, error.faultCode === NOT_THERE ? null : { code: error.faultCode, text: reasonOf(error) });
  }
}

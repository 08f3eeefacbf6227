/** Failures between us and a file server, as the faults of C-181. They contain host and port, but no secrets. */
import { AgentError, CwmpFault } from "../cwmp/errors.ts";
import { failureOf, serverName, withTlsHint } from "./failures.ts";

export type Direction = "download" | "upload";

/** An answer that is not the file, or not its acceptance. */
export function statusFault(url: URL, status: number, direction: Direction): CwmpFault {
  const said = `${serverName(url)} answers with HTTP status ${status}`;
  if (status === 401 || status === 403) return new CwmpFault(9012, said);
  if (status === 204 || (status >= 400 && status < 500)) return new CwmpFault(9016, said);
  return otherFault(said, direction);
}

export function refusedCredentials(url: URL): CwmpFault {
  return new CwmpFault(
    9012,
    `${serverName(url)} does not accept the user name and password, or wants some and got none`,
  );
}

/** Denied by the settings of the phone, whatever stands there. */
export function deniedHost(url: URL): CwmpFault {
  return new CwmpFault(9001, `the setting transfers.allowedHosts does not list ${url.hostname}`);
}

/** No better code fits. */
export function otherFault(detail: string, direction: Direction, cause?: unknown): CwmpFault {
  return new CwmpFault(direction === "download" ? 9010 : 9011, detail, { cause });
}

/** A connection or exchange that failed. `answering`: the answer had begun. A CwmpFault stays as it is. */
export function exchangeFault(error: unknown, url: URL, direction: Direction, answering: boolean): Error {
  if (error instanceof CwmpFault) return error;
  const known = failureOf(error, serverName(url));
  const failure = answering ? known : withTlsHint(known, url, error);
  if (failure.code === "STATE_IO" || failure.code === "SESSION_ABORTED") return failure;
  const { message } = failure;
  if (failure.code === "ACS_AUTHENTICATION") return refusedCredentials(url);
  if (!answering) return new CwmpFault(9015, message, { cause: error });
  return direction === "download"
    ? new CwmpFault(9017, message, { cause: error })
    : otherFault(message, direction, error);
}

export function brokenOff(): AgentError {
  return new AgentError("SESSION_ABORTED", "the transfer was broken off");
}

import { AgentError, CwmpFault } from "../cwmp/errors.ts";
import type { AcsConnection, AcsTransport } from "../ports/acs-transport.ts";
import type { ConnectionRequests } from "../ports/connection-requests.ts";
import type { FileTransfer } from "../ports/file-transfer.ts";

/** Whether the phone has a network. */
export type IsConnected = () => boolean;

/** The way to the ACS of a phone whose cable can be drawn: while it is out, nothing gets through, answers under way included. */
export function gateTransport(transport: AcsTransport, isConnected: IsConnected): AcsTransport {
  return { open: (target, signal) => gateConnection(transport.open(target, signal), isConnected) };
}

function gateConnection(connection: AcsConnection, isConnected: IsConnected): AcsConnection {
  const check = (): void => {
    if (!isConnected()) throw new AgentError("ACS_UNREACHABLE", "the simulated phone has no network");
  };
  return {
    async post(...exchange) {
      check();
      const answer = await connection.post(...exchange);
      check();
      return answer;
    },
    close: (failure) => connection.close(failure),
    ...(connection.tookMs === undefined ? {} : { tookMs: connection.tookMs }),
  };
}

/** Connection requests that arrive without a network are turned away: the socket is open, the phone is not there (503). */
export function gateConnectionRequests(requests: ConnectionRequests, isConnected: IsConnected): ConnectionRequests {
  return {
    listen: (endpoint) =>
      requests.listen({
        token: endpoint.token,
        ...(endpoint.phone === undefined ? {} : { phone: endpoint.phone }),
        cpeUrl: () => endpoint.cpeUrl(),
        credentials: () => endpoint.credentials(),
        requested: () => endpoint.requested(),
        available: () => isConnected() && endpoint.available(),
      }),
  };
}

/** File servers are as far away as the ACS: fault 9015. */
export function gateFileTransfer(transfer: FileTransfer, isConnected: IsConnected): FileTransfer {
  async function through<T>(run: () => Promise<T>): Promise<T> {
    if (!isConnected()) throw new CwmpFault(9015, "the simulated phone has no network");
    return run();
  }
  return {
    download: (...call) => through(() => transfer.download(...call)),
    fetch: (...call) => through(() => transfer.fetch(...call)),
    upload: (...call) => through(() => transfer.upload(...call)),
    find: (name) => transfer.find(name),
    read: (name) => transfer.read(name),
    keepOnly: (names) => transfer.keepOnly(names),
  };
}

import type { Acs } from "../../acs/acs.ts";
import { readWrittenCall } from "../../acs/call-syntax.ts";
import type { RpcOutcome } from "../../acs/calls.ts";
import type { ConnectionRequestCredentials } from "../../acs/devices.ts";

/** An RPC as people write it: `{ GetParameterValues: ["Device."] }` (docs/acs-scripts.md). */
export type WrittenCall = Readonly<Record<string, unknown>>;

export interface CallOrder {
  /** Id, SerialNumber, or `any`. */
  readonly device: string;
  readonly rpcs: readonly WrittenCall[];
  /** More will follow: the session is kept open. */
  readonly more?: boolean;
}

export interface DeviceSummary {
  readonly id: string;
  readonly serialNumber: string;
  readonly connectionRequestUrl: string | null;
  /** Wall time of its last Inform, in milliseconds. */
  readonly lastInformAt: number;
}

/** Commands for an ACS, in this process or in another one. */
export interface AcsConsole {
  devices(): Promise<readonly DeviceSummary[]>;
  /** Waits for the device's session; one outcome per RPC. Throws an Error for an invalid RPC. */
  call(order: CallOrder): Promise<readonly RpcOutcome[]>;
  /** The HTTP status of the device's answer. */
  connectionRequest(device: string, credentials?: ConnectionRequestCredentials): Promise<number>;
  /** `result`, or the condition of its error. */
  xmppConnectionRequest(device: string, credentials?: ConnectionRequestCredentials): Promise<string>;
  /** UDP has no answer: the device's session shows whether the request arrived. */
  udpConnectionRequest(device: string, credentials?: ConnectionRequestCredentials): Promise<void>;
}

/** An ACS in this process. */
export interface LocalConsole extends AcsConsole {
  /** Parameters and objects that this phone, or any, has reported or listed. */
  paths(device: string | null): Promise<readonly string[]>;
}

export function createLocalConsole(acs: Acs): LocalConsole {
  return {
    devices: async () =>
      acs.devices().map(({ id, deviceId: { serialNumber }, connectionRequestUrl, lastInformAt }) => ({
        ...{ id, serialNumber, connectionRequestUrl, lastInformAt },
      })),
    paths: async (device) =>
      acs
        .devices()
        .filter(({ id, deviceId }) => device === null || device === id || device === deviceId.serialNumber)
        .flatMap(({ types, names }) => [...types.keys(), ...names]),
    async call({ device, rpcs, more = false }) {
      const calls = rpcs.map(readWrittenCall);
      const last = calls.length - 1;
      return await Promise.all(calls.map((call, index) => acs.enqueue(device, call, { more: more || index < last })));
    },
    connectionRequest: (device, credentials) => acs.connectionRequest(device, credentials),
    xmppConnectionRequest: (device, credentials) => acs.xmppConnectionRequest(device, credentials),
    udpConnectionRequest: (device, credentials) => acs.udpConnectionRequest(device, credentials),
  };
}

import type { ParameterValue } from "../soap/messages.ts";
import type { DeviceId } from "../soap/rpc-table.ts";
import type { QueuedCall, RpcCall, RpcOutcome } from "./calls.ts";

export interface ConnectionRequestCredentials {
  readonly username: string;
  readonly password: string;
}

/** The ACS's record of one CPE. In memory: to a restarted ACS every device is new. */
export interface Device {
  /** `OUI-ProductClass-SerialNumber`. */
  readonly id: string;
  readonly deviceId: DeviceId;
  connectionRequestUrl: string | null;
  connectionRequestJabberId: string | null;
  udpConnectionRequestAddress: string | null;
  /** As this ACS last set them; empty where it has not. */
  credentials: Partial<ConnectionRequestCredentials>;
  /** xsi:type by full parameter name, as last reported. */
  readonly types: Map<string, string>;
  /** Parameters and objects that GetParameterNames has listed, at most so many (MAX_NAMES). */
  readonly names: Set<string>;
  readonly queue: QueuedCall[];
  /** Entries of the script that have run to their end on this device. */
  readonly playedEntries: Set<number>;
  lastInformAt: number;
}

export interface DeviceTable {
  /** The device of an Inform, made when it is new. */
  met(deviceId: DeviceId): { readonly device: Device; readonly isNew: boolean };
  /** By id or by SerialNumber alone; undefined when there is none or more than one. */
  find(idOrSerial: string): Device | undefined;
  all(): readonly Device[];
}

export function createDeviceTable(): DeviceTable {
  const devices = new Map<string, Device>();
  return {
    met(deviceId) {
      const id = deviceIdText(deviceId);
      const known = devices.get(id);
      if (known !== undefined) return { device: known, isNew: false };
      const device = newDevice(id, deviceId);
      devices.set(id, device);
      return { device, isNew: true };
    },
    find(idOrSerial) {
      const exact = devices.get(idOrSerial);
      if (exact !== undefined) return exact;
      const matches = [...devices.values()].filter((device) => device.deviceId.serialNumber === idOrSerial);
      return matches.length === 1 ? matches[0] : undefined;
    },
    all: () => [...devices.values()],
  };
}

export function deviceIdText({ oui, productClass, serialNumber }: DeviceId): string {
  return [oui, productClass, serialNumber].filter((part) => part !== "").join("-");
}

function newDevice(id: string, deviceId: DeviceId): Device {
  return {
    id,
    deviceId,
    connectionRequestUrl: null,
    connectionRequestJabberId: null,
    udpConnectionRequestAddress: null,
    credentials: {},
    types: new Map(),
    names: new Set(),
    queue: [],
    playedEntries: new Set(),
    lastInformAt: 0,
  };
}

const CONNECTION_REQUEST_URL = "ManagementServer.ConnectionRequestURL";
const CONNECTION_REQUEST_JABBER_ID = "ManagementServer.ConnReqJabberID";
const UDP_ADDRESS = "ManagementServer.UDPConnectionRequestAddress";
const CONNECTION_REQUEST_USERNAME = "ManagementServer.ConnectionRequestUsername";
const CONNECTION_REQUEST_PASSWORD = "ManagementServer.ConnectionRequestPassword";

/** Parameters that the CPE reported, in an Inform or in a response. */
export function noteReported(device: Device, parameters: readonly ParameterValue[]): void {
  for (const { name, value, type } of parameters) {
    if (type !== null) device.types.set(name, type);
    if (isManagementParameter(name, CONNECTION_REQUEST_URL)) device.connectionRequestUrl = value;
    if (isManagementParameter(name, CONNECTION_REQUEST_JABBER_ID)) device.connectionRequestJabberId = value;
    if (isManagementParameter(name, UDP_ADDRESS)) device.udpConnectionRequestAddress = value;
  }
}

/** A call that the CPE has answered: what it set successfully is in force. */
export function noteSettled(device: Device, call: RpcCall, outcome: RpcOutcome): void {
  if (outcome.kind !== "response") return;
  if (outcome.name === "GetParameterValues") noteReported(device, outcome.response.parameterList);
  if (outcome.name === "GetParameterNames") noteNames(device, outcome.response.parameterList);
  if (call.name !== "SetParameterValues") return;
  for (const { name, value } of call.args.parameterList) {
    if (isManagementParameter(name, CONNECTION_REQUEST_USERNAME))
      device.credentials = { ...device.credentials, username: value };
    if (isManagementParameter(name, CONNECTION_REQUEST_PASSWORD))
      device.credentials = { ...device.credentials, password: value };
  }
}

/** Of all messages of a phone together; the largest data models have fewer. */
const MAX_NAMES = 50_000;

function noteNames({ names }: Device, listed: readonly { readonly name: string }[]): void {
  for (const { name } of listed) if (names.size < MAX_NAMES) names.add(name);
}

/** The root object is `Device.` or `InternetGatewayDevice.`. */
function isManagementParameter(name: string, tail: string): boolean {
  return name === `Device.${tail}` || name === `InternetGatewayDevice.${tail}`;
}

import {
  boolean,
  type Codec,
  dateTime,
  field,
  int,
  list,
  memberOrNone,
  optional,
  parameterValue,
  status,
  struct,
  text,
  token,
  unneeded,
  unsignedInt,
} from "./codecs.ts";
import type {
  DeviceId,
  InformEvent,
  ParameterAttributes,
  ParameterInfo,
  RpcName,
  SetParameterAttributes,
  XmlElement,
} from "./messages.ts";
import { ArgumentError, type Place } from "./place.ts";
import type { RpcEntry } from "./rpc-entry.ts";
import { TRANSFER_RPCS } from "./transfer-rpcs.ts";

const strings = list("string", "xsd:string", token);
const parameterValues = list("ParameterValueStruct", "cwmp:ParameterValueStruct", parameterValue);

const deviceId = struct<DeviceId>({
  manufacturer: field("Manufacturer", text),
  oui: field("OUI", text),
  productClass: field("ProductClass", text),
  serialNumber: field("SerialNumber", text),
});

const event = struct<InformEvent>({
  eventCode: field("EventCode", text),
  commandKey: field("CommandKey", text),
});

const parameterInfo = struct<ParameterInfo>({
  name: field("Name", text),
  writable: field("Writable", boolean),
});

const attributesToSet = struct<SetParameterAttributes>({
  name: field("Name", token),
  notificationChange: optional("NotificationChange", boolean, false),
  notification: optional("Notification", int, 0),
  accessListChange: optional("AccessListChange", boolean, false),
  accessList: optional("AccessList", strings, []),
});

/** What is left out changes nothing. A change to what is left out, or a value with no word on whether it counts, is a mistake. */
const setParameterAttributes: Codec<SetParameterAttributes> = {
  encode: attributesToSet.encode,
  decode(element, at) {
    const decoded = attributesToSet.decode(element, at);
    if (decoded.notificationChange) demand(element, "Notification", at);
    if (decoded.accessListChange) demand(element, "AccessList", at);
    if (memberOrNone(element, "Notification", at) !== undefined) demand(element, "NotificationChange", at);
    return decoded;
  },
};

function demand(element: XmlElement, name: string, at: Place): void {
  if (memberOrNone(element, name, at) === undefined) throw new ArgumentError(at.member(name), "is missing");
}

const parameterAttributes = struct<ParameterAttributes>({
  name: field("Name", text),
  notification: field("Notification", int),
  accessList: field("AccessList", strings),
});

const parameterKey = optional("ParameterKey", text, "");
const commandKey = optional("CommandKey", text, "");

/** Every RPC that is spoken here, in either direction (TR-069 A.3, A.4). */
export const RPC_TABLE: { readonly [N in RpcName]: RpcEntry<N> } = {
  Inform: {
    request: {
      deviceId: field("DeviceId", deviceId),
      event: field("Event", list("EventStruct", "cwmp:EventStruct", event)),
      maxEnvelopes: field("MaxEnvelopes", unsignedInt),
      currentTime: field("CurrentTime", dateTime),
      retryCount: field("RetryCount", unsignedInt),
      parameterList: field("ParameterList", parameterValues),
    },
    // Some ACSs leave it out or send nonsense; its value has no meaning any more (C-074).
    response: { maxEnvelopes: unneeded("MaxEnvelopes", unsignedInt, 1) },
  },
  GetRPCMethods: { request: {}, response: { methodList: optional("MethodList", strings, []) } },
  SetParameterValues: {
    request: { parameterList: field("ParameterList", parameterValues), parameterKey },
    response: { status: field("Status", status) },
  },
  GetParameterValues: {
    request: { parameterNames: field("ParameterNames", strings) },
    response: { parameterList: field("ParameterList", parameterValues) },
  },
  GetParameterNames: {
    request: { parameterPath: field("ParameterPath", token), nextLevel: optional("NextLevel", boolean, false) },
    response: {
      parameterList: field("ParameterList", list("ParameterInfoStruct", "cwmp:ParameterInfoStruct", parameterInfo)),
    },
  },
  SetParameterAttributes: {
    request: {
      parameterList: field(
        "ParameterList",
        list("SetParameterAttributesStruct", "cwmp:SetParameterAttributesStruct", setParameterAttributes),
      ),
    },
    response: {},
  },
  GetParameterAttributes: {
    request: { parameterNames: field("ParameterNames", strings) },
    response: {
      parameterList: field(
        "ParameterList",
        list("ParameterAttributeStruct", "cwmp:ParameterAttributeStruct", parameterAttributes),
      ),
    },
  },
  AddObject: {
    request: { objectName: field("ObjectName", token), parameterKey },
    response: { instanceNumber: field("InstanceNumber", unsignedInt), status: field("Status", status) },
  },
  DeleteObject: {
    request: { objectName: field("ObjectName", token), parameterKey },
    response: { status: field("Status", status) },
  },
  Reboot: { request: { commandKey }, response: {} },
  FactoryReset: { request: {}, response: {} },
  ...TRANSFER_RPCS,
  ScheduleInform: {
    request: { delaySeconds: field("DelaySeconds", unsignedInt), commandKey },
    response: {},
  },
};

export function isRpcName(name: string): name is RpcName {
  return Object.hasOwn(RPC_TABLE, name);
}

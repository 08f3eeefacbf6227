import {
  boolean,
  dateTime,
  field,
  int,
  list,
  optional,
  parameterValue,
  status,
  struct,
  text,
  unsignedInt,
} from "./codecs.ts";
import type {
  DeviceId,
  InformEvent,
  ParameterAttributes,
  ParameterInfo,
  RpcName,
  SetParameterAttributes,
} from "./messages.ts";
import type { RpcEntry } from "./rpc-entry.ts";
import { TRANSFER_RPCS } from "./transfer-rpcs.ts";

const strings = list("string", "xsd:string", text);
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

const setParameterAttributes = struct<SetParameterAttributes>({
  name: field("Name", text),
  notificationChange: field("NotificationChange", boolean),
  notification: field("Notification", int),
  accessListChange: field("AccessListChange", boolean),
  accessList: field("AccessList", strings),
});

const parameterAttributes = struct<ParameterAttributes>({
  name: field("Name", text),
  notification: field("Notification", int),
  accessList: field("AccessList", strings),
});

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
    response: { maxEnvelopes: optional("MaxEnvelopes", unsignedInt, 1) },
  },
  GetRPCMethods: { request: {}, response: { methodList: field("MethodList", strings) } },
  SetParameterValues: {
    request: { parameterList: field("ParameterList", parameterValues), parameterKey: field("ParameterKey", text) },
    response: { status: field("Status", status) },
  },
  GetParameterValues: {
    request: { parameterNames: field("ParameterNames", strings) },
    response: { parameterList: field("ParameterList", parameterValues) },
  },
  GetParameterNames: {
    request: { parameterPath: field("ParameterPath", text), nextLevel: field("NextLevel", boolean) },
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
    request: { objectName: field("ObjectName", text), parameterKey: field("ParameterKey", text) },
    response: { instanceNumber: field("InstanceNumber", unsignedInt), status: field("Status", status) },
  },
  DeleteObject: {
    request: { objectName: field("ObjectName", text), parameterKey: field("ParameterKey", text) },
    response: { status: field("Status", status) },
  },
  Reboot: { request: { commandKey: field("CommandKey", text) }, response: {} },
  FactoryReset: { request: {}, response: {} },
  ...TRANSFER_RPCS,
  ScheduleInform: {
    request: { delaySeconds: field("DelaySeconds", unsignedInt), commandKey: field("CommandKey", text) },
    response: {},
  },
};

export function isRpcName(name: string): name is RpcName {
  return Object.hasOwn(RPC_TABLE, name);
}
